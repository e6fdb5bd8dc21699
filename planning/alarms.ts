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
  readonly plan: Pick<ModePlan, "endpointName" | "publishes" | "watch">;
}

export interface PlannedAlarms {
  readonly resources: readonly PlannedResource[];
  readonly issues: readonly Issue[];
}

type AlarmKind = keyof ResolvedAlarms;
type RuleOf<Kind extends AlarmKind> = NonNullable<ResolvedAlarms[Kind]>;

/** Which metric an alarm watches, and its threshold in the metric's own unit. */
interface AlarmMetric<Kind extends AlarmKind> {
  readonly metric: MetricName;
  readonly threshold: (rule: RuleOf<Kind>, variant: WatchedVariant) => number;
  readonly describe: (rule: RuleOf<Kind>) => string;
}

const alarmMetrics: { readonly [Kind in AlarmKind]: AlarmMetric<Kind> } = {
  clientErrors: {
    metric: "Invocation4XXErrors",
    threshold: (rule) => rule.thresholdCount,
    describe: (rule) => `more than ${rule.thresholdCount} requests answered 4XX`,
  },
  cpu: {
    metric: "CPUUtilization",
    // The metric is summed over cores.
    threshold: (rule, variant) => rule.thresholdPercent * (variant.vCpuCount ?? 1),
    describe: (rule) => `processor use above ${rule.thresholdPercent} % of the instance`,
  },
  latency: {
    metric: "ModelLatency",
    threshold: (rule) => rule.thresholdMicroseconds,
    describe: (rule) => `${rule.statistic} latency above ${rule.thresholdMicroseconds / 1000} ms`,
  },
  memory: {
    metric: "MemoryUtilization",
    threshold: (rule) => rule.thresholdPercent,
    describe: (rule) => `memory use above ${rule.thresholdPercent} %`,
  },
  serverErrors: {
    metric: "Invocation5XXErrors",
    threshold: (rule) => rule.thresholdCount,
    describe: (rule) => `more than ${rule.thresholdCount} requests answered 5XX`,
  },
};

/** In the order in which they are planned. */
const alarmKinds = Object.keys(alarmMetrics).sort() as AlarmKind[];

/**
 * One alarm for each rule, planned mode and variant. A rule whose metric the
 * mode never publishes would wait for data for ever: one that a person wrote is
 * an issue, one that is only a default is left out.
 */
export function planAlarms(model: ResolvedModel, facts: StackFacts, watched: readonly Watched[]): PlannedAlarms {
  const asked = alarmKinds.filter((kind) => model.alarms[kind] !== null);
  const publishes = (kind: AlarmKind, { plan }: Watched): boolean => plan.publishes.includes(alarmMetrics[kind].metric);
  return {
    resources: watched.flatMap((mode) =>
      mode.plan.watch.flatMap((variant) =>
        asked.filter((kind) => publishes(kind, mode)).map((kind) => planAlarm(kind, model, facts, mode.plan.endpointName, variant)),
      ),
    ),
    issues: asked
      .filter((kind) => model.writtenAlarms.includes(kind) && watched.length > 0 && !watched.some((mode) => publishes(kind, mode)))
      .map((kind) => withoutMetric(model, kind, watched)),
  };
}

function planAlarm<Kind extends AlarmKind>(
  kind: Kind,
  model: ResolvedModel,
  facts: StackFacts,
  endpointName: string,
  variant: WatchedVariant,
): PlannedResource {
  const rule = model.alarms[kind] as RuleOf<Kind> & AlarmRule<never>;
  const { metric, threshold, describe } = alarmMetrics[kind];
  const { namespace, dimensions } = metrics[metric];
  const topic = ref(sharedNames.alarmTopic, "arn");
  return {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: logicalName(model.name, "alarm", variant.variantName, slugOf(kind)),
    parent: model.name,
    inputs: {
      name: physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [model.name, facts.stack, variant.variantName, slugOf(kind)]),
      alarmDescription: `${model.name} ${variant.variantName} in ${facts.stack}: ${describe(rule)}, over ${rule.periodSeconds} s, ${rule.datapointsToAlarm} of ${rule.evaluationPeriods} times.`,
      namespace,
      metricName: metric,
      dimensions: dimensions === "variant" ? { EndpointName: endpointName, VariantName: variant.variantName } : { EndpointName: endpointName },
      // No unit: an alarm with another unit than the published one never gets data.
      ...(/^p\d/.test(rule.statistic) ? { extendedStatistic: rule.statistic } : { statistic: rule.statistic }),
      period: rule.periodSeconds,
      evaluationPeriods: rule.evaluationPeriods,
      datapointsToAlarm: rule.datapointsToAlarm,
      threshold: threshold(rule, variant),
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
  const { metric } = alarmMetrics[kind];
  const modes = watched.map(({ mode }) => mode).join(" and ");
  const path = `alarms.${kind}`;
  return {
    code: "alarm-without-metric",
    severity: "error",
    file: model.file,
    ...model.locate(path),
    path,
    message: `the ${kind} alarm watches ${metric}, which ${modes} endpoints never publish`,
    hint: `take it out, or write: ${kind}: off in the environments served by ${modes}`,
    source: metrics[metric].source,
  };
}

/** `serverErrors` → `server-errors`. */
const slugOf = (kind: AlarmKind): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
