import type { ResourceInputs } from "../../contract/resources";
import { quantile } from "./histogram";
import { aggregate, type Slot, type Window } from "./window";

/** An alarm as recorded from the program. */
export type AlarmDefinition = Pick<
  ResourceInputs["aws:cloudwatch/metricAlarm:MetricAlarm"],
  | "name" | "alarmDescription" | "namespace" | "metricName" | "dimensions" | "statistic" | "extendedStatistic" | "period"
  | "evaluationPeriods" | "datapointsToAlarm" | "threshold" | "comparisonOperator" | "treatMissingData"
>;

export interface AlarmState {
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  /** One sentence for people. */
  readonly reason: string;
  /** The newest datapoint, in the metric's unit. */
  readonly value?: number;
}

/** The value of one metric over one period; undefined where nothing was published. */
type Metric = (slot: Slot, statistic: string) => number | undefined;

const counted = (count: (slot: Slot) => number): Metric => (slot, statistic) => {
  if (slot.invocations === 0) return undefined;
  if (statistic === "Sum") return count(slot);
  if (statistic === "Average") return count(slot) / slot.invocations;
  if (statistic === "SampleCount") return slot.invocations;
  return undefined;
};

/** The metrics of `AWS/SageMaker` that this machine can measure. */
const metrics: { readonly [name: string]: Metric } = {
  Invocations: counted((slot) => slot.invocations),
  Invocation4XXErrors: counted((slot) => slot.errors4xx),
  Invocation5XXErrors: counted((slot) => slot.errors5xx),
  ModelLatency: ({ latency }, statistic) => {
    if (latency.count === 0) return undefined;
    if (statistic === "Average") return latency.sum / latency.count;
    if (statistic === "Maximum") return latency.maximum;
    if (statistic === "Minimum") return latency.minimum;
    if (statistic === "Sum") return latency.sum;
    if (statistic === "SampleCount") return latency.count;
    const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(statistic);
    return percentile ? quantile(latency, Number(percentile[1]) / 100) : undefined;
  },
};

const compare: { readonly [operator: string]: (value: number, threshold: number) => boolean } = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * "M out of N": ALARM when at least `datapointsToAlarm` of the last
 * `evaluationPeriods` periods breach. The current period counts as soon as it
 * has data, so that an alarm shows on the page within seconds; CloudWatch would
 * wait for the period to end.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
 */
export function evaluateAlarm(alarm: AlarmDefinition, windows: readonly Window[], nowMs: number): AlarmState {
  const metric = alarm.namespace === "AWS/SageMaker" ? metrics[alarm.metricName] : undefined;
  const breaches = compare[alarm.comparisonOperator];
  if (!metric || !breaches) {
    return { state: "INSUFFICIENT_DATA", reason: `${alarm.metricName} is not measured on this machine` };
  }

  const periodMs = alarm.period * 1000;
  const currentStart = Math.floor(nowMs / periodMs) * periodMs;
  const values: (number | undefined)[] = [];
  for (let back = alarm.evaluationPeriods - 1; back >= 0; back -= 1) {
    const from = currentStart - back * periodMs;
    values.push(metric(aggregate(windows, from, from + periodMs), alarm.statistic ?? alarm.extendedStatistic ?? "Average"));
  }

  const present = values.filter((value): value is number => value !== undefined);
  const missing = values.length - present.length;
  const value = values.at(-1) ?? present.at(-1);
  const breaching = present.filter((point) => breaches(point, alarm.threshold)).length + (alarm.treatMissingData === "breaching" ? missing : 0);
  const share = `${breaching} of the last ${values.length} ${values.length === 1 ? "period" : "periods"} beyond the threshold`;
  if (breaching >= alarm.datapointsToAlarm) return { state: "ALARM", reason: share, value };
  if (present.length === 0 && alarm.treatMissingData !== "notBreaching") return { state: "INSUFFICIENT_DATA", reason: "no invocations yet" };
  return { state: "OK", reason: present.length === 0 ? "no invocations" : share, value };
}
