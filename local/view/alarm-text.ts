import { metrics, type MetricName } from "../../planning/metrics";
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

const inSeconds: { readonly [unit: string]: number } = { Microseconds: 1e-6, Milliseconds: 1e-3, Seconds: 1 };

/** A value with its unit, by the catalogue of metrics; one that is not in it is a bare number. */
export function metricValue(metricName: string, value: number): string {
  const { unit = "" } = Object.hasOwn(metrics, metricName) ? metrics[metricName as MetricName] : {};
  if (unit === "Percent") return `${round(value)} %`;
  const seconds = value * (inSeconds[unit] ?? NaN);
  if (Number.isNaN(seconds)) return String(round(value));
  if (seconds >= 120) return `${round(seconds / 60)} min`;
  return seconds >= 1 ? `${round(seconds)} s` : `${round(seconds * 1000)} ms`;
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
