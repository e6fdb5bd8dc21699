import type { ModeName } from "../../contract/runtimes";
import { alarmDefaults, alarmNames, type AlarmName } from "../../planning/alarm-defaults";
import { alarmMetrics } from "../../planning/alarms";
import { metrics, type MetricName } from "../../planning/metrics";
import { declaredModes } from "../../planning/modes";
import { environmentMetrics } from "../../planning/modes/beanstalk/alarms";
import { fillBlocks } from "./blocks";

/** `docs/reference/alarms.md`: which metric each alarm watches in each mode, and when it rings by default. */
export const alarmsReference = (current: string): string => fillBlocks(current, new Map([["alarms", alarmsTable()]]));

function alarmsTable(): string {
  const modes = declaredModes.filter(({ name }) => name !== "batch").map(({ name }) => name);
  const rows = [...alarmNames].sort().map((name) => [`\`${name}\``, defaultOf(name), ...modes.map((mode) => metricIn(name, mode))]);
  return [["Alarm", "Rings by default", ...modes], ["Alarm", ...modes, ""].map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function metricIn(name: AlarmName, mode: ModeName): string {
  const { metrics: candidates, onlyWritten } = alarmMetrics[name];
  const metric: MetricName | undefined =
    mode === "beanstalk"
      ? (environmentMetrics as { readonly [Name in AlarmName]?: MetricName })[name]
      : candidates.find((candidate) => (metrics[candidate].publishedBy).includes(mode));
  if (metric === undefined) return "–";
  return `[\`${metric}\`](${metrics[metric].source})${onlyWritten?.includes(mode) === true ? ", where asked for" : ""}`;
}

function defaultOf(name: AlarmName): string {
  const rule = alarmDefaults[name];
  const { statistic, periodSeconds, evaluationPeriods, datapointsToAlarm } = rule;
  return `${statistic} above ${thresholdOf(rule)}, ${datapointsToAlarm} of ${evaluationPeriods} × ${periodSeconds / 60} min`;
}

function thresholdOf(rule: (typeof alarmDefaults)[AlarmName]): string {
  if ("thresholdMicroseconds" in rule) return `${rule.thresholdMicroseconds / 1_000_000} s`;
  if ("thresholdSeconds" in rule) return `${rule.thresholdSeconds} s`;
  return "thresholdPercent" in rule ? `${rule.thresholdPercent} %` : String(rule.thresholdCount);
}
