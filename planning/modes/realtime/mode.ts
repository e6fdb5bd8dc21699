import { countIssues } from "../count-issues";
import { hostingInstanceIssues } from "../instance-issues";
import { defineMode, type ModeIssue } from "../mode";
import { gpuCountOf, isBurstable } from "../../instances";
import { scheduleWords } from "../../schedules/ranges";
import type { ResolvedModel, TrafficShare } from "../../types";
import { capacityOf, countsOf, countWords, fewestOf } from "../capacity";
import { rolloutIssues, rolloutWords } from "../../rollout/issues";
import { captureIssues } from "./capture";
import { planRealtime } from "./plan";
import { realtimeDefaults, realtimeSchema, type RealtimeServing } from "./schema";

const AUTOSCALING = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html";

/** Instances that are always on: one variant for each version in the traffic. */
export const realtime = defineMode<RealtimeServing>({
  name: "realtime",
  summary: "Instances that are always on, one set for each version in the traffic.",
  schema: realtimeSchema,
  defaults: realtimeDefaults,
  example: [
    "realtime:",
    "  instance: ml.m5.xlarge",
    "  instances: 2",
    "  scaling: { min: 2, max: 4, cpu: 70%, cooldown: { out: 5m, in: 10m } }",
    "  timeout: 30s",
    "",
  ].join("\n"),
  // One endpoint name for a model in a stack, and SageMaker refuses to turn a live endpoint into another kind:
  // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
  excludes: ["async", "serverless"],
  check: (model, serving) => [
    ...hostingInstanceIssues(serving.instanceType, "instance"),
    ...model.traffic.flatMap((share) =>
      share.instanceType === undefined ? [] : hostingInstanceIssues(share.instanceType, `/traffic.${share.version}.instance`),
    ),
    ...scalingIssues(model, serving),
    ...captureIssues(serving),
    ...rolloutIssues(model, fewestOf(model, serving), [serving.instanceType, ...model.traffic.flatMap((share) => share.instanceType ?? [])]),
  ],
  plan: planRealtime,
  summarise: (model, serving) => {
    const { cpuPercent, gpuPercent, requestsPerSecond, schedule } = serving.scaling;
    const types = [...new Set(model.traffic.map((share) => share.instanceType ?? serving.instanceType))];
    const targets = [
      ...(cpuPercent === null ? [] : [`${cpuPercent} % CPU`]),
      ...(gpuPercent === null ? [] : [`${gpuPercent} % GPU`]),
      ...(requestsPerSecond === null ? [] : [`${requestsPerSecond} requests/s`]),
    ];
    const isScaled = model.traffic.some((share) => capacityOf(countsOf(serving, share)).scaled);
    const scaled = !isScaled || targets.length === 0 ? "" : ` at ${targets.join(" or ")}`;
    return `realtime ${types.join(", ")} × ${countWords(model, serving)}${scaled}${scheduleWords(schedule, ...model.traffic.map((share) => share.scaling?.schedule))}${rolloutWords(model.rollout)}`;
  },
});

/** What is wrong with the scaling of a mode on instances, and of the versions that have their own. */
export function scalingIssues(model: ResolvedModel, serving: Pick<RealtimeServing, "instanceType" | "instances" | "scaling">, shares: readonly TrafficShare[] = model.traffic): ModeIssue[] {
  const types = [serving.instanceType, ...shares.flatMap((share) => share.instanceType ?? [])];
  const own = shares.filter(({ instances, scaling }) => instances !== undefined || scaling !== undefined);
  const isScaled = capacityOf(serving).scaled || own.some((share) => capacityOf(countsOf(serving, share)).scaled);
  return [
    ...countIssues(serving, ""),
    ...own.flatMap((share) => countIssues(countsOf(serving, share), `/traffic.${share.version}.`, share)),
    ...(isScaled ? [...targetIssues(serving), ...gpuIssues(serving, types), ...burstableIssues(types)] : []),
  ];
}

function targetIssues({ scaling: { cpuPercent, gpuPercent, requestsPerSecond } }: Pick<RealtimeServing, "scaling">): ModeIssue[] {
  if (cpuPercent !== null || gpuPercent !== null || requestsPerSecond !== null) return [];
  return [
    {
      code: "scaling-target",
      path: "scaling",
      message: "scaling has a range and nothing to scale by",
      hint: "write: cpu: 70%, gpu: 70%, or requestsPerSecond: with the requests that one instance takes",
    },
  ];
}

function gpuIssues({ scaling: { gpuPercent } }: Pick<RealtimeServing, "scaling">, types: readonly string[]): ModeIssue[] {
  const without = types.find((type) => gpuCountOf(type) === 0);
  if (gpuPercent === null || without === undefined) return [];
  return [
    {
      code: "scaling-gpu",
      path: "scaling.gpu",
      message: `${without} has no GPU whose use could be measured, so nothing would ever scale`,
      hint: "write: cpu: 70%, or an instance of the ml.g4dn or ml.g5 family",
      source: "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html",
    },
  ];
}

function burstableIssues(types: readonly string[]): ModeIssue[] {
  const burstable = types.find(isBurstable);
  if (burstable === undefined) return [];
  return [
    {
      code: "instance-not-scalable",
      path: "scaling",
      message: `${burstable} is a burstable type, which cannot be scaled automatically`,
      hint: "take scaling out, or write: instance: ml.m5.large",
      source: AUTOSCALING,
    },
  ];
}
