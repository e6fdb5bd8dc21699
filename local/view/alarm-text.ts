import type { AlarmDefinition } from "../metrics/alarms";

const symbols: { readonly [operator: string]: string } = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** A rule as a person reads it: `Average ModelLatency > 1 s in 2 of 3 periods of 5 min`. */
export function alarmText(alarm: AlarmDefinition): string {
  const statistic = alarm.statistic ?? alarm.extendedStatistic ?? "Average";
  const { evaluationPeriods, datapointsToAlarm } = alarm;
  const wanted = datapointsToAlarm === evaluationPeriods ? `${evaluationPeriods}` : `${datapointsToAlarm} of ${evaluationPeriods}`;
  const periods = evaluationPeriods === 1 ? duration(alarm.period) : `${wanted} periods of ${duration(alarm.period)}`;
  return `${statistic} ${alarm.metricName} ${symbols[alarm.comparisonOperator] ?? alarm.comparisonOperator} ${metricValue(alarm.metricName, alarm.threshold)} in ${periods}`;
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
