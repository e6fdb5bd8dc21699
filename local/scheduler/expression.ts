import { ScheduleProblem } from "../../planning/schedules/cron";
import { nextRunMs, isTimezone, type Schedule } from "../../planning/schedules/schedule";
import { validationException } from "../control/errors";

const SHAPE = /^(cron|rate|at)\((.*)\)$/;

/**
 * Reads a `ScheduleExpression`, such as `cron(0 3 * * ? *)`.
 * @throws ControlPlaneError ValidationException
 */
export function readExpression(expression: string, timezone: string): Schedule {
  const [, kind, text] = SHAPE.exec(expression) ?? [];
  if (kind === undefined) throw validationException(`Invalid Schedule Expression ${expression}.`);
  if (!isTimezone(timezone)) throw validationException(`Invalid ScheduleExpressionTimezone ${timezone}.`);
  const schedule = { cron: null, rate: null, at: null, timezone, [kind]: text } as Schedule;
  try {
    nextRunMs(schedule, 0);
  } catch (error) {
    if (!(error instanceof ScheduleProblem)) throw error;
    throw validationException(`Invalid Schedule Expression ${expression}: ${error.message}.`);
  }
  return schedule;
}
