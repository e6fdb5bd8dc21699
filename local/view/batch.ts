import type { Json } from "../../contract/json";
import type { StackPlan } from "../../contract/plan";
import { matchesPattern } from "../events/pattern";
import type { LocalSchedule } from "../scheduler/schedule";
import type { Scheduler } from "../scheduler/scheduler";
import type { TransformJob } from "../transform/job";
import type { TransformJobs } from "../transform/jobs";
import type { AlarmView } from "./state";

/** A model's runs over files, and what starts them. */
export interface BatchView {
  /** Null where runs are started by hand alone. */
  readonly schedule: ScheduleView | null;
  /** Newest first. */
  readonly runs: readonly RunView[];
}

export interface ScheduleView {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  /** Milliseconds since 1970; null where it never comes due again. */
  readonly nextMs: number | null;
  /** How much later than that it may start. */
  readonly windowMs: number;
  /** Why the newest run could not be started; null where it was. */
  readonly problem: string | null;
}

export interface RunView {
  readonly name: string;
  /** `InProgress`, `Completed`, `Failed`, `Stopping`, `Stopped`. */
  readonly status: string;
  readonly scheduled: boolean;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly reason: string | null;
}

/** A rule of EventBridge as recorded from the program. */
export interface EventRule {
  readonly name: string;
  readonly pattern: { readonly [field: string]: Json };
}

interface Sources {
  readonly plan: Pick<StackPlan, "outputs">;
  readonly scheduler?: Pick<Scheduler, "all">;
  readonly transforms?: Pick<TransformJobs, "all">;
}

const SHOWN = 5;

export function batchView({ plan, scheduler, transforms }: Sources, model: string): BatchView {
  const { models } = plan.outputs as { readonly models: { readonly [model: string]: { readonly serving: { readonly batch?: { readonly jobPrefix: string } } } } };
  const prefix = `${models[model]?.serving.batch?.jobPrefix ?? model}-`;
  const schedule = scheduler?.all.find((one) => jobName(one).startsWith(`${prefix}<`));
  const scheduled = new Set(schedule?.runs.flatMap(({ by, started }) => (by === "schedule" && started !== undefined ? [started.input.TransformJobName] : [])));
  const jobs = (transforms?.all ?? []).filter(({ name }) => name.startsWith(prefix));
  return {
    schedule: schedule === undefined ? null : scheduleView(schedule),
    runs: newestFirst(jobs)
      .slice(0, SHOWN)
      .map((job) => ({
        name: job.name,
        status: job.status,
        scheduled: scheduled.has(job.name),
        startedMs: job.startedAtMs,
        endedMs: job.endedAtMs ?? null,
        reason: job.failureReason ?? null,
      })),
  };
}

function scheduleView({ request, nextMs, windowMs, runs }: LocalSchedule): ScheduleView {
  const { Name, ScheduleExpression, ScheduleExpressionTimezone = "UTC" } = request;
  const [newest] = runs;
  return {
    name: Name,
    expression: ScheduleExpression,
    timezone: ScheduleExpressionTimezone,
    nextMs: nextMs ?? null,
    windowMs,
    problem: newest?.started === undefined ? (newest?.problem ?? null) : null,
  };
}

/**
 * A rule as an alarm: ringing while the newest of the runs that ended is one that it waits for. On AWS it tells of each
 * once and has no state.
 */
export function ruleAlarm({ name, pattern }: EventRule, { transforms }: Pick<Sources, "transforms">): AlarmView {
  const rule = "a run failed, or was stopped";
  const [newest] = newestFirst((transforms?.all ?? []).filter((job) => isOver(job) && about(pattern, job)));
  if (newest === undefined) return { name, rule, of: null, state: "OK", reason: "no run has ended", current: null };
  const ringing = matchesPattern(pattern, eventOf(newest));
  return { name, rule, of: null, state: ringing ? "ALARM" : "OK", reason: `${newest.name} is ${newest.status}${newest.failureReason === undefined ? "" : `: ${newest.failureReason}`}`, current: newest.status };
}

/** Whether it is a job that the rule could be told of, whatever became of it. */
const about = (pattern: EventRule["pattern"], job: TransformJob): boolean => ["Completed", "Failed", "Stopped"].some((status) => matchesPattern(pattern, eventOf(job, status)));

/** What SageMaker would publish: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-transform */
const eventOf = ({ name, request, status, failureReason }: TransformJob, TransformJobStatus: string = status): Json => ({
  "detail-type": "SageMaker Transform Job State Change",
  source: "aws.sagemaker",
  detail: { TransformJobName: name, TransformJobStatus, ModelName: request.ModelName, ...(failureReason === undefined ? {} : { FailureReason: failureReason }) },
});

const isOver = ({ endedAtMs }: TransformJob): boolean => endedAtMs !== undefined;
const newestFirst = (jobs: readonly TransformJob[]): TransformJob[] => [...jobs].reverse().sort((a, b) => b.createdAtMs - a.createdAtMs);

function jobName({ request }: LocalSchedule): string {
  try {
    return String((JSON.parse(request.Target.Input ?? "{}") as { readonly TransformJobName?: string }).TransformJobName);
  } catch {
    return "";
  }
}
