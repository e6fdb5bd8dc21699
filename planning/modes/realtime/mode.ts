import { hostingInstanceIssues } from "../instance-issues";
import { defineMode, type ModeIssue } from "../mode";
import { gpuCountOf, isBurstable } from "../../instances";
import type { ResolvedModel } from "../../types";
import { rolloutIssues, rolloutWords } from "../../rollout/issues";
import { captureIssues } from "./capture";
import { capacityOf, planRealtime } from "./plan";
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
  excludes: ["async", "multiModel", "serverless"],
  check: (model, serving) => [
    ...hostingInstanceIssues(serving.instanceType, "instance"),
    ...model.traffic.flatMap((share) =>
      share.instanceType === undefined ? [] : hostingInstanceIssues(share.instanceType, `/traffic.${share.version}.instance`),
    ),
    ...scalingIssues(model, serving),
    ...captureIssues(serving),
    ...rolloutIssues(model, capacityOf(serving).fewest, [serving.instanceType, ...model.traffic.flatMap((share) => share.instanceType ?? [])]),
  ],
  plan: planRealtime,
  summarise: (model, serving) => {
    const { min, max, cpuPercent, gpuPercent, requestsPerSecond } = serving.scaling;
    const types = [...new Set(model.traffic.map((share) => share.instanceType ?? serving.instanceType))];
    const count = max === null ? String(serving.instances) : `${min ?? serving.instances}–${max}`;
    const targets = [
      ...(cpuPercent === null ? [] : [`${cpuPercent} % CPU`]),
      ...(gpuPercent === null ? [] : [`${gpuPercent} % GPU`]),
      ...(requestsPerSecond === null ? [] : [`${requestsPerSecond} requests/s`]),
    ];
    const scaled = max === null || targets.length === 0 ? "" : ` at ${targets.join(" or ")}`;
    return `realtime ${types.join(", ")} × ${count}${scaled}${rolloutWords(model.rollout)}`;
  },
});

/** What is wrong with the scaling of a mode on instances. */
export function scalingIssues(model: ResolvedModel, serving: Pick<RealtimeServing, "instanceType" | "instances" | "scaling">): ModeIssue[] {
  const { min, max, cpuPercent, gpuPercent, requestsPerSecond } = serving.scaling;
  if (max === null) return [];
  const issues: ModeIssue[] = [];
  const fewest = min ?? serving.instances;
  if (fewest > max) {
    issues.push({
      code: "scaling-range",
      path: min === null ? "scaling.max" : "scaling.min",
      message: `scaling goes from ${fewest} ${min === null ? "(instances) " : ""}down to ${max}`,
      hint: `write: scaling: { min: ${Math.min(fewest, max)}, max: ${Math.max(fewest, max)} }`,
    });
  } else if (serving.instances > max) {
    issues.push({
      code: "scaling-range",
      path: "instances",
      message: `instances is ${serving.instances}, above scaling.max, which is ${max}`,
      hint: `write: instances: ${max}, or raise scaling.max`,
    });
  }
  if (cpuPercent === null && gpuPercent === null && requestsPerSecond === null) {
    issues.push({
      code: "scaling-target",
      path: "scaling",
      message: "scaling has a range and nothing to scale by",
      hint: "write: cpu: 70%, gpu: 70%, or requestsPerSecond: with the requests that one instance takes",
    });
  }
  const types = [serving.instanceType, ...model.traffic.flatMap((share) => share.instanceType ?? [])];
  const without = types.find((type) => gpuCountOf(type) === 0);
  if (gpuPercent !== null && without !== undefined) {
    issues.push({
      code: "scaling-gpu",
      path: "scaling.gpu",
      message: `${without} has no GPU whose use could be measured, so nothing would ever scale`,
      hint: "write: cpu: 70%, or an instance of the ml.g4dn or ml.g5 family",
      source: "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html",
    });
  }
  const burstable = types.find(isBurstable);
  if (burstable !== undefined) {
    issues.push({
      code: "instance-not-scalable",
      path: "scaling",
      message: `${burstable} is a burstable type, which cannot be scaled automatically`,
      hint: "take scaling out, or write: instance: ml.m5.large",
      source: AUTOSCALING,
    });
  }
  return issues;
}
