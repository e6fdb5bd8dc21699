import { formatQuantity } from "../../quantities";
import { isBurstable } from "../../instances";
import { limits } from "../../limits";
import type { ResolvedModel } from "../../types";
import { capacityOf, countsOf, fewestOf, type Counts } from "../capacity";
import { countIssues } from "../count-issues";
import { hostingInstanceIssues } from "../instance-issues";
import type { ModeIssue } from "../mode";
import type { AsyncServing } from "./schema";

const AUTOSCALING = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html";
const MONITORING = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html";

/** Each looks at one mistake, and is silent where there is none. */
type Rule = (serving: AsyncServing, model: ResolvedModel) => readonly ModeIssue[];

const rules: readonly Rule[] = [instance, range, burstable, timeToLive, workCutShort, targetBelowConcurrency, moreThanItsQueue, severalVersions];

export const asyncIssues = (model: ResolvedModel, serving: AsyncServing): ModeIssue[] => rules.flatMap((rule) => rule(serving, model));

function instance({ instanceType }: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  return [
    ...hostingInstanceIssues(instanceType, "instance"),
    ...model.traffic.flatMap((share) => (share.instanceType === undefined ? [] : hostingInstanceIssues(share.instanceType, `/traffic.${share.version}.instance`))),
  ];
}

function range(serving: AsyncServing, { traffic }: ResolvedModel): readonly ModeIssue[] {
  const own = traffic.filter(({ instances, scaling }) => instances !== undefined || scaling !== undefined);
  return [...countIssues(serving, ""), ...own.flatMap((share) => countIssues(countsOf(serving, share), `/traffic.${share.version}.`, share))];
}

function burstable({ instanceType, ...serving }: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  if (!isScaled(serving, model) || !isBurstable(instanceType)) return [];
  return [
    {
      code: "instance-not-scalable",
      path: "scaling",
      message: `${instanceType} is a burstable type, which cannot be scaled automatically`,
      hint: "take scaling out, or write: instance: ml.m5.large",
      source: AUTOSCALING,
    },
  ];
}

/** The first request after a sleep waits for the alarm, then for the instance: its time to live must be longer. */
function timeToLive({ requestTtlSeconds, startupTimeoutSeconds, ...serving }: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  const wake = limits.asyncWakeSeconds;
  const needed = wake.value + startupTimeoutSeconds;
  if (fewestOf(model, serving) > 0 || requestTtlSeconds >= needed) return [];
  return [
    {
      code: "async-expires-asleep",
      path: "requestTtl",
      message: `a request may wait ${requestTtlSeconds} s, and an endpoint that sleeps may take ${needed} s to wake: ${wake.value} s until it is told, ${startupTimeoutSeconds} s to start`,
      hint: `write: requestTtl: ${seconds(needed)} or more, or scaling: { min: 1 }`,
      source: wake.source,
    },
  ];
}

/** Scaling in takes an instance whatever it is doing, once the cooldown is over. */
function workCutShort({ timeoutSeconds, scaling, ...serving }: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  if (!isScaled({ ...serving, scaling }, model) || scaling.cooldown.inSeconds >= timeoutSeconds) return [];
  return [
    {
      code: "async-work-cut-short",
      severity: "warning",
      path: "scaling.cooldown",
      message: `an instance may be taken away ${scaling.cooldown.inSeconds} s after the last step, and a request may take ${timeoutSeconds} s`,
      hint: `write: cooldown: { in: ${seconds(timeoutSeconds)} }`,
      source: "https://repost.aws/es/questions/QUnDC8okgyRECi6U1sc7ENVg",
    },
  ];
}

/** The backlog counts what is being worked on, so a lower target adds instances beside one that has room. */
function targetBelowConcurrency({ concurrency, ...serving }: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  const { backlogPerInstance } = serving.scaling;
  if (!isScaled(serving, model) || backlogPerInstance >= concurrency) return [];
  return [
    {
      code: "async-target-below-concurrency",
      severity: "warning",
      path: "scaling.backlogPerInstance",
      message: `scaling adds instances above ${backlogPerInstance} requests for each, and each works on ${concurrency} at once`,
      hint: `write: backlogPerInstance: ${concurrency} or more; requests that are worked on count`,
      source: MONITORING,
    },
  ];
}

/** Slipway's container computes one request at a time and lets so many wait; SageMaker must not send it more. */
function moreThanItsQueue({ concurrency }: AsyncServing, { container }: ResolvedModel): readonly ModeIssue[] {
  const { value, source } = limits.asyncConcurrency;
  if (container !== null || concurrency <= value) return [];
  return [
    {
      code: "async-concurrency-too-high",
      path: "concurrency",
      message: `concurrency is ${concurrency}, and Slipway's container turns away what goes beyond the ${value} places of its queue`,
      hint: `write: concurrency: ${value} or fewer, and more instances`,
      source,
    },
  ];
}

/** The backlog is one for the whole endpoint, so every variant would scale by the work of all. */
function severalVersions(serving: AsyncServing, model: ResolvedModel): readonly ModeIssue[] {
  const { traffic } = model;
  if (traffic.length <= 1 || !isScaled(serving, model)) return [];
  return [
    {
      code: "async-several-versions",
      path: "/traffic",
      message: `traffic names ${traffic.length} versions, and the backlog that async scaling goes by has no dimension for them`,
      hint: "send all traffic to one version, write scaling: { min: 1, max: 1 }, or compare versions in realtime mode",
      source: MONITORING,
    },
  ];
}

/** Whether the count of any version may change. */
const isScaled = (counts: Counts, { traffic }: ResolvedModel): boolean =>
  traffic.some((share) => {
    const { fewest, most } = capacityOf(countsOf(counts, share));
    return fewest !== most;
  });

const seconds = (value: number): string => formatQuantity(value, { kind: "duration", unit: "seconds" });
