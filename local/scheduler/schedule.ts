import { nextRunMs, type Schedule } from "../../planning/schedules/schedule";
import { readExpression } from "./expression";
import { attemptRun, type Attempting, type ScheduledRun } from "./run";

const MINUTE_MS = 60_000;
/** Runs that are remembered, newest first. */
const KEPT = 20;

/** A schedule of this machine: when it comes due it starts what its target says. */
export class LocalSchedule {
  readonly createdAtMs: number;
  /** Newest first. */
  runs: readonly ScheduledRun[] = [];
  private readonly schedule: Schedule;
  private readonly attempts = new Set<() => void>();
  private cancelNext: () => void = () => undefined;
  private dueMs: number | undefined;

  /** @throws ControlPlaneError ValidationException for an expression that is none. */
  constructor(
    readonly arn: string,
    private readonly context: Omit<Attempting, "arn" | "changed">,
    /** From 0 to 1: where in a flexible window a run starts. */
    private readonly random: () => number,
  ) {
    const { ScheduleExpression, ScheduleExpressionTimezone = "UTC" } = context.request;
    this.schedule = readExpression(ScheduleExpression, ScheduleExpressionTimezone);
    this.createdAtMs = context.clock.now();
    this.wait(this.createdAtMs);
  }

  get region(): string {
    return this.arn.split(":")[3]!;
  }

  get request(): Attempting["request"] {
    return this.context.request;
  }

  /** When it comes due next, or has come due and waits in its window; undefined where it never does again. */
  get nextMs(): number | undefined {
    return this.dueMs;
  }

  /** Zero: on the minute. */
  get windowMs(): number {
    const { Mode, MaximumWindowInMinutes = 0 } = this.request.FlexibleTimeWindow;
    return Mode === "FLEXIBLE" ? MaximumWindowInMinutes * MINUTE_MS : 0;
  }

  /** Starts a run by hand, as if it had come due. */
  runNow(): ScheduledRun {
    this.start("hand", this.context.clock.now());
    return this.runs[0]!;
  }

  close(): void {
    this.cancelNext();
    for (const cancel of this.attempts) cancel();
    this.attempts.clear();
  }

  private wait(afterMs: number): void {
    if (this.request.State === "DISABLED") return;
    const dueMs = nextRunMs(this.schedule, afterMs, this.createdAtMs);
    this.dueMs = dueMs;
    if (dueMs === undefined) return;
    this.cancelNext = this.context.clock.at(dueMs + Math.floor(this.random() * this.windowMs), () => {
      this.start("schedule", dueMs);
      // What came due while this machine slept is not made up for, one by one.
      this.wait(Math.max(dueMs, this.context.clock.now() - this.windowMs));
    });
  }

  private start(by: ScheduledRun["by"], dueMs: number): void {
    let known: ScheduledRun | undefined;
    const changed = (run: ScheduledRun): void => {
      this.runs = [run, ...this.runs.filter((one) => one !== known)].slice(0, KEPT);
      known = run;
      if (run.over) this.attempts.delete(cancel);
    };
    const cancel = (): void => stop();
    let stop: () => void = () => undefined;
    this.attempts.add(cancel);
    stop = attemptRun({ ...this.context, arn: this.arn, changed }, by, dueMs);
  }
}
