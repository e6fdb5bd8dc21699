/**
 * What CloudWatch makes of a series of datapoints: "M out of N", with its
 * treatment of what is missing. Rules and worked examples:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export type AlarmState = "ALARM" | "INSUFFICIENT_DATA" | "OK";

/** Whether a period was beyond the threshold; null where nothing was published. */
export type Datapoint = boolean | null;

export interface EvaluationRule {
  /** N: how many of the latest periods are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must be beyond the threshold. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: "breaching" | "ignore" | "missing" | "notBreaching";
}

/**
 * CloudWatch reads a few periods more than it evaluates, in case some are
 * missing, and does not say how many; in its own examples there are two.
 */
const SPARE_PERIODS = 2;
export const evaluationRange = ({ evaluationPeriods }: Pick<EvaluationRule, "evaluationPeriods">): number => evaluationPeriods + SPARE_PERIODS;

/**
 * The state of an alarm once a period has ended.
 *
 * @param points the periods so far, oldest first; those before the evaluation range do not count.
 * @param current the state before, which `ignore` keeps.
 */
export function evaluate(rule: EvaluationRule, points: readonly Datapoint[], current: AlarmState): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const range = points.slice(-evaluationRange(rule));
  // Where real data suffices, the latest of it decides, and nothing is filled in.
  const real = range.filter((point) => point !== null).slice(-evaluationPeriods);
  const filled = evaluationPeriods - real.length;
  const breaching = real.filter((point) => point).length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (filled === 0) return "OK";

  switch (treatMissingData) {
    case "breaching":
      return breaching + filled >= datapointsToAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
      return real.length === 0 || isPremature(range, datapointsToAlarm) ? current : "OK";
    case "missing":
      if (real.length === 0) return "INSUFFICIENT_DATA";
      return isPremature(range, datapointsToAlarm) ? "ALARM" : "OK";
  }
}

/**
 * Fewer datapoints than M, but the oldest is M periods old and nothing since was
 * within the threshold. An intermittent metric alarms then, and not before:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html#CloudWatch-alarms-avoiding-premature-transition
 */
function isPremature(range: readonly Datapoint[], datapointsToAlarm: number): boolean {
  const oldest = range.findIndex((point) => point !== null);
  return range.every((point) => point !== false) && range.length - oldest >= datapointsToAlarm;
}

/** The state after each period of a series, oldest first; an alarm begins without data. */
export function simulate(rule: EvaluationRule, points: readonly Datapoint[]): AlarmState[] {
  const states: AlarmState[] = [];
  points.forEach((_point, index) => states.push(evaluate(rule, points.slice(0, index + 1), states.at(-1) ?? "INSUFFICIENT_DATA")));
  return states;
}

/**
 * How long trouble lasts before an alarm can tell, where it begins with a
 * period: M whole periods. Trouble that begins within a period may take up to
 * one period more, and is never noticed later than that.
 */
export const secondsToAlarm = (rule: { readonly periodSeconds: number; readonly datapointsToAlarm: number }): number =>
  rule.periodSeconds * rule.datapointsToAlarm;
