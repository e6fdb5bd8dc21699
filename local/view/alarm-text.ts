import { sourcesOf, type AlarmDefinition } from "../metrics/alarms";

const symbols: { readonly [operator: string]: string } = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** A rule as a person reads it: `Average ModelLatency > 1 s in 2 of 3 periods of 5 min`. */
export function alarmText(alarm: AlarmDefinition): string {
  const [source] = sourcesOf(alarm);
  if (source === undefined) return "an expression that is not evaluated on this machine";
  const { evaluationPeriods, datapointsToAlarm } = alarm;
  const { metricName, statistic, period, dimensions } = source;
  const wanted = datapointsToAlarm === evaluationPeriods ? `${evaluationPeriods}` : `${datapointsToAlarm} of ${evaluationPeriods}`;
  const periods = evaluationPeriods === 1 ? duration(period) : `${wanted} periods of ${duration(period)}`;
  const which = dimensions.EndpointConfigName === undefined ? "" : " of the newest config";
  return `${statistic} ${metricName}${which} ${symbols[alarm.comparisonOperator] ?? alarm.comparisonOperator} ${metricValue(metricName, alarm.threshold)} in ${periods}`;
}

/** A value with its unit: latency is published in microseconds, host metrics in percent. */
export function metricValue(metricName: string, value: number): string {
  if (/Latency|Time$/.test(metricName)) return value >= 1_000_000 ? `${round(value / 1_000_000)} s` : `${round(value / 1000)} ms`;
  if (/Utilization$/.test(metricName)) return `${round(value)} %`;
  return String(round(value));
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
