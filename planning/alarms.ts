import type { Issue } from "../contract/issue";
import type { ModeName } from "../contract/runtimes";
import { ref, type PlannedResource } from "../contract/resources";
import { metrics, type MetricName } from "./metrics";
import type { ModePlan, WatchedVariant } from "./modes/mode";
import { logicalName, physicalName } from "./naming";
import { sharedNames, tagsOf } from "./shared";
import type { AlarmRule, ResolvedAlarms, ResolvedModel, StackFacts } from "./types";

/** A planned mode, as far as alarms see it. */
export interface Watched {
  readonly mode: ModeName;
  readonly plan: Pick<ModePlan, "endpointName" | "ownAlarms" | "publishes" | "watch">;
}

export interface PlannedAlarms {
  readonly resources: readonly PlannedResource[];
  readonly issues: readonly Issue[];
}

type AlarmKind = keyof ResolvedAlarms;
type RuleOf<Kind extends AlarmKind> = NonNullable<ResolvedAlarms[Kind]>;

/** Which metric an alarm watches, and its threshold in the metric's own unit. */
interface AlarmMetric<Kind extends AlarmKind> {
  /** The first of them that the mode publishes. */
  readonly metrics: readonly [MetricName, ...MetricName[]];
  /** Modes in which the default would wake people for nothing: there only who asks for it gets it. */
  readonly onlyWritten?: readonly ModeName[];
  readonly threshold: (rule: RuleOf<Kind>, variant: Pick<WatchedVariant, "gpuCount" | "vCpuCount">) => number;
  readonly describe: (rule: RuleOf<Kind>, metric: MetricName) => string;
}

export const alarmMetrics: { readonly [Kind in AlarmKind]: AlarmMetric<Kind> } = {
  backlogAge: {
    metrics: ["ApproximateAgeOfOldestRequest"],
    threshold: (rule) => rule.thresholdSeconds,
    describe: (rule) => `the first request of the queue waits longer than ${rule.thresholdSeconds} s`,
  },
  clientErrors: {
    metrics: ["Invocation4XXErrors"],
    threshold: (rule) => rule.thresholdCount,
    describe: (rule) => `more than ${rule.thresholdCount} requests answered 4XX`,
  },
  coldStart: {
    metrics: ["ModelSetupTime"],
    threshold: (rule) => rule.thresholdMicroseconds,
    describe: (rule) => `a cold start takes longer than ${rule.thresholdMicroseconds / 1_000_000} s`,
  },
  cpu: {
    metrics: ["CPUUtilization"],
    // The metric is summed over cores.
    threshold: (rule, variant) => rule.thresholdPercent * (variant.vCpuCount ?? 1),
    describe: (rule) => `processor use above ${rule.thresholdPercent} % of the instance`,
  },
  expiredRequests: {
    metrics: ["ExpiredRequests"],
    threshold: (rule) => rule.thresholdCount,
    describe: (rule) => `more than ${rule.thresholdCount} requests expired in the queue`,
  },
  gpu: {
    metrics: ["GPUUtilization"],
    // The metric is summed over GPUs.
    threshold: (rule, variant) => rule.thresholdPercent * (variant.gpuCount ?? 1),
    describe: (rule) => `GPU use above ${rule.thresholdPercent} % of the instance`,
  },
  latency: {
    metrics: ["ModelLatency"],
    // Nobody waits for the answer of a queue; how long it takes is between the model and its time limit.
    onlyWritten: ["async"],
    threshold: (rule) => rule.thresholdMicroseconds,
    describe: (rule) => `${rule.statistic} latency above ${rule.thresholdMicroseconds / 1000} ms`,
  },
  loadingWait: {
    metrics: ["ModelLoadingWaitTime"],
    threshold: (rule) => rule.thresholdMicroseconds,
    describe: (rule) => `a request waits longer than ${rule.thresholdMicroseconds / 1_000_000} s for its version`,
  },
  memory: {
    metrics: ["MemoryUtilization"],
    threshold: (rule) => rule.thresholdPercent,
    describe: (rule) => `memory use above ${rule.thresholdPercent} %`,
  },
  provisionedUse: {
    metrics: ["ServerlessProvisionedConcurrencyUtilization"],
    // How much of what is paid for is used is a question of cost; that it was too little is what `spillover` says.
    onlyWritten: ["serverless"],
    threshold: (rule) => rule.thresholdPercent / 100,
    describe: (rule) => `more than ${rule.thresholdPercent} % of the containers kept warm are busy`,
  },
  serverErrors: {
    metrics: ["Invocation5XXErrors", "InvocationFailures"],
    threshold: (rule) => rule.thresholdCount,
    describe: (rule, metric) => `more than ${rule.thresholdCount} requests ${metric === "InvocationFailures" ? "of the queue failed" : "answered 5XX"}`,
  },
  spillover: {
    metrics: ["ServerlessProvisionedConcurrencySpilloverInvocations"],
    threshold: (rule) => rule.thresholdCount,
    describe: (rule) => `more than ${rule.thresholdCount} requests found no container kept warm`,
  },
};

/** In the order in which they are planned. */
const alarmKinds = Object.keys(alarmMetrics).sort() as AlarmKind[];

/**
 * One alarm for each rule and planned mode, and for each of its variants where
 * the metric knows variants. A rule whose metric the mode never publishes would
 * wait for data for ever: one that a person wrote is an issue, one that is only
 * a default is left out.
 */
export function planAlarms(model: ResolvedModel, facts: StackFacts, watched: readonly Watched[]): PlannedAlarms {
  const asked = alarmKinds.filter((kind) => model.alarms[kind] !== null);
  const publishes = (kind: AlarmKind, { plan }: Watched): boolean => {
    const metric = metricOf(kind, plan.publishes);
    return metric === undefined ? plan.ownAlarms?.kinds.includes(kind) === true : !isOfGpu(metric) || plan.watch.some(hasGpu);
  };
  const wanted = (kind: AlarmKind, { mode }: Watched): boolean => model.writtenAlarms.includes(kind) || alarmMetrics[kind].onlyWritten?.includes(mode) !== true;
  return {
    resources: watched.flatMap((mode) => {
      const { endpointName } = mode.plan;
      if (endpointName === undefined) return mode.plan.ownAlarms?.resources ?? [];
      const kinds = asked.filter((kind) => wanted(kind, mode)).flatMap((kind): [AlarmKind, MetricName][] => {
        const metric = metricOf(kind, mode.plan.publishes);
        return metric === undefined ? [] : [[kind, metric]];
      });
      const ofEndpoint = kinds.filter(([, metric]) => metrics[metric].dimensions === "endpoint");
      const ofVariant = kinds.filter(([, metric]) => metrics[metric].dimensions === "variant");
      return [
        ...ofEndpoint.map(([kind, metric]) => planAlarm(kind, metric, model, facts, endpointName)),
        ...mode.plan.watch.flatMap((variant) => ofVariant.filter(([, metric]) => !isOfGpu(metric) || hasGpu(variant)).map(([kind, metric]) => planAlarm(kind, metric, model, facts, endpointName, variant))),
      ];
    }),
    issues: asked
      .filter((kind) => model.writtenAlarms.includes(kind) && watched.length > 0 && !watched.some((mode) => publishes(kind, mode)))
      .map((kind) => withoutMetric(model, kind, watched)),
  };
}

/** A metric that instances without a GPU never publish. */
const isOfGpu = (metric: MetricName): boolean => (metrics[metric]).summedOver === "GPU";
const hasGpu = ({ gpuCount }: WatchedVariant): boolean => (gpuCount ?? 0) > 0;

/** The metric that the alarm looks at in a mode that publishes these; undefined where it has none. */
const metricOf = (kind: AlarmKind, published: readonly MetricName[]): MetricName | undefined =>
  alarmMetrics[kind].metrics.find((metric) => published.includes(metric));

/** @param variant absent for a metric of the whole endpoint. */
function planAlarm<Kind extends AlarmKind>(
  kind: Kind,
  metric: MetricName,
  model: ResolvedModel,
  facts: StackFacts,
  endpointName: string,
  variant?: WatchedVariant,
): PlannedResource {
  const rule = model.alarms[kind] as RuleOf<Kind> & AlarmRule<never>;
  const { threshold, describe } = alarmMetrics[kind];
  const { namespace } = metrics[metric];
  const of = variant === undefined ? [] : [variant.variantName];
  const topic = ref(sharedNames.alarmTopic, "arn");
  return {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: logicalName(model.name, "alarm", ...of, slugOf(kind)),
    parent: model.name,
    inputs: {
      name: physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [model.name, facts.stack, ...of, slugOf(kind)]),
      alarmDescription: `${[model.name, ...of].join(" ")} in ${facts.stack}: ${describe(rule, metric)}, over ${rule.periodSeconds} s, ${rule.datapointsToAlarm} of ${rule.evaluationPeriods} times.`,
      namespace,
      metricName: metric,
      dimensions: { EndpointName: endpointName, ...(variant === undefined ? {} : { VariantName: variant.variantName }) },
      // No unit: an alarm with another unit than the published one never gets data.
      ...(/^p\d/.test(rule.statistic) ? { extendedStatistic: rule.statistic } : { statistic: rule.statistic }),
      period: rule.periodSeconds,
      evaluationPeriods: rule.evaluationPeriods,
      datapointsToAlarm: rule.datapointsToAlarm,
      threshold: threshold(rule, variant ?? {}),
      comparisonOperator: "GreaterThanThreshold",
      // No requests, no data, no trouble.
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
      tags: tagsOf(facts, model),
    },
  };
}

function withoutMetric(model: ResolvedModel, kind: AlarmKind, watched: readonly Watched[]): Issue {
  const [metric] = alarmMetrics[kind].metrics;
  const modes = watched.map(({ mode }) => mode).join(" and ");
  const { onlyWith } = metrics[metric];
  const conditional = onlyWith !== undefined && watched.some(({ mode }) => metrics[metric].publishedBy.includes(mode));
  const path = `alarms.${kind}`;
  return {
    code: "alarm-without-metric",
    severity: "error",
    file: model.file,
    ...model.locate(path),
    path,
    message: `the ${kind} alarm watches ${metric}, which ${modes} endpoints ${conditional ? `publish only with ${onlyWith}` : "never publish"}`,
    hint: `${conditional ? `write: ${onlyWith}: 1 or more, ` : ""}take it out, or write: ${kind}: off in the environments served by ${modes}`,
    source: metrics[metric].source,
  };
}

/** `serverErrors` → `server-errors`. */
const slugOf = (kind: AlarmKind): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
