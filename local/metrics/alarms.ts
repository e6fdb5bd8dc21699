import type { ResourceInputs } from "../../contract/resources";
import type { MetricsBook } from "./book";
import { quantile, type Histogram } from "./histogram";
import { aggregate, type Slot, type Window } from "./window";

/** An alarm as recorded from the program. */
export type AlarmDefinition = Pick<
  ResourceInputs["aws:cloudwatch/metricAlarm:MetricAlarm"],
  | "name" | "alarmDescription" | "namespace" | "metricName" | "dimensions" | "statistic" | "extendedStatistic" | "period"
  | "metricQueries" | "evaluationPeriods" | "datapointsToAlarm" | "threshold" | "comparisonOperator" | "treatMissingData"
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
  InvocationsProcessed: counted((slot) => slot.invocations),
  InvocationFailures: counted((slot) => slot.errors4xx + slot.errors5xx),
  ModelLatency: ({ latency }, statistic) => ofHistogram(latency, statistic),
  ModelLoadingWaitTime: ({ loadingWait }, statistic) => ofHistogram(loadingWait, statistic),
  ModelCacheHit: ({ cacheHits, loadingWait }, statistic) => {
    if (loadingWait.count === 0) return undefined;
    if (statistic === "Average") return cacheHits / loadingWait.count;
    if (statistic === "Sum") return cacheHits;
    return statistic === "SampleCount" ? loadingWait.count : undefined;
  },
};

function ofHistogram(values: Histogram, statistic: string): number | undefined {
  if (values.count === 0) return undefined;
  if (statistic === "Average") return values.sum / values.count;
  if (statistic === "Maximum") return values.maximum;
  if (statistic === "Minimum") return values.minimum;
  if (statistic === "Sum") return values.sum;
  if (statistic === "SampleCount") return values.count;
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(statistic);
  return percentile ? quantile(values, Number(percentile[1]) / 100) : undefined;
}

const compare: { readonly [operator: string]: (value: number, threshold: number) => boolean } = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** One metric that an alarm looks at. */
export interface AlarmSource {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: { readonly [name: string]: string };
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** The one expression that is evaluated here: whichever metric is worst. */
const WORST = "MAX(METRICS())";

/** The metrics behind an alarm; empty where it combines them in a way that is not evaluated here. */
export function sourcesOf(alarm: AlarmDefinition): AlarmSource[] {
  const { metricQueries, namespace = "", metricName = "", dimensions = {}, period = 60 } = alarm;
  if (metricQueries === undefined) return [{ namespace, metricName, dimensions, period, statistic: alarm.statistic ?? alarm.extendedStatistic ?? "Average" }];
  if (metricQueries.find(({ returnData }) => returnData)?.expression !== WORST) return [];
  return metricQueries.flatMap(({ metric }) => (metric === undefined ? [] : [{ ...metric, statistic: metric.stat }]));
}

/**
 * The state of an alarm by what the book holds.
 *
 * @param speed how many times faster than on AWS its periods pass.
 */
export function alarmState(alarm: AlarmDefinition, book: MetricsBook, nowMs: number, speed = 1): AlarmState {
  const depth = queueDepth(alarm, book);
  if (depth !== undefined) {
    const ringing = compare[alarm.comparisonOperator]?.(depth, alarm.threshold) === true;
    return { state: ringing ? "ALARM" : "OK", reason: depth === 0 ? "the queue is empty" : `${depth} in the queue`, value: depth };
  }
  const measured = sourcesOf(alarm).map((source) => {
    const { EndpointName, VariantName, EndpointConfigName } = source.dimensions;
    return { source, windows: EndpointName === undefined ? [] : book.of(EndpointName, VariantName, EndpointConfigName) };
  });
  return evaluate(alarm, measured, nowMs, speed);
}

/** What lies in the queue that an alarm looks at: known at any time, so its periods pass unseen here. */
function queueDepth(alarm: AlarmDefinition, book: MetricsBook): number | undefined {
  const [source, ...more] = sourcesOf(alarm);
  const queue = source?.dimensions.QueueName;
  return source?.namespace === "AWS/SQS" && source.metricName === "ApproximateNumberOfMessagesVisible" && more.length === 0 && queue !== undefined ? book.queueDepth(queue) : undefined;
}

/** The state of an alarm on one metric, by that metric's windows. */
export const evaluateAlarm = (alarm: AlarmDefinition, windows: readonly Window[], nowMs: number): AlarmState =>
  evaluate(alarm, sourcesOf(alarm).map((source) => ({ source, windows })), nowMs, 1);

/**
 * "M out of N": ALARM when at least `datapointsToAlarm` of the last
 * `evaluationPeriods` periods breach. The current period counts as soon as it
 * has data, so that an alarm shows on the page within seconds; CloudWatch would
 * wait for the period to end.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
 */
function evaluate(alarm: AlarmDefinition, measured: readonly { readonly source: AlarmSource; readonly windows: readonly Window[] }[], nowMs: number, speed: number): AlarmState {
  const first = measured[0]?.source;
  const metric = first?.namespace === "AWS/SageMaker" ? metrics[first.metricName] : undefined;
  const breaches = compare[alarm.comparisonOperator];
  if (!first || !metric || !breaches) {
    return { state: "INSUFFICIENT_DATA", reason: `${first?.metricName ?? "its expression"} is not measured on this machine` };
  }

  const periodMs = (first.period * 1000) / speed;
  const currentStart = Math.floor(nowMs / periodMs) * periodMs;
  const values: (number | undefined)[] = [];
  for (let back = alarm.evaluationPeriods - 1; back >= 0; back -= 1) {
    const from = currentStart - back * periodMs;
    const points = measured.flatMap(({ source, windows }) => metric(aggregate(windows, from, from + periodMs), source.statistic) ?? []);
    values.push(points.length === 0 ? undefined : Math.max(...points));
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

/** The alarms that CloudWatch would have, by name. */
export class AlarmBook {
  private readonly defined = new Map<string, AlarmDefinition>();

  constructor(
    private readonly metrics: MetricsBook,
    private readonly now: () => number,
  ) {}

  /** As PutMetricAlarm does, it takes the place of one of the same name. */
  define(alarm: AlarmDefinition): void {
    this.defined.set(alarm.name, alarm);
  }

  has(name: string): boolean {
    return this.defined.has(name);
  }

  /** The first of these alarms that is in ALARM, and why. */
  firing(names: readonly string[], speed: number): string | undefined {
    for (const name of names) {
      const alarm = this.defined.get(name);
      const state = alarm && alarmState(alarm, this.metrics, this.now(), speed);
      if (state?.state === "ALARM") return `${name}: ${state.reason}`;
    }
    return undefined;
  }
}
