import { randomUUID } from "node:crypto";
import { ControlPlaneError } from "../control/errors";
import type { Clock } from "./clock";
import type { DeadLetters } from "./dead-letters";
import type { ScheduleRequest } from "./request";

/** One time that a schedule came due, or that a person asked for a run. */
export interface ScheduledRun {
  readonly by: "hand" | "schedule";
  readonly dueMs: number;
  /** Attempts to start it so far. */
  readonly attempts: number;
  /** The request that was taken; undefined while none was. */
  readonly started?: { readonly atMs: number; readonly input: { readonly [field: string]: unknown } };
  /** Why the last attempt failed. */
  readonly problem?: string;
  /** No further attempt: it was started, or given up. */
  readonly over: boolean;
}

/** Makes the call that a target stands for. @throws what the service would answer. */
export type CallTarget = (arn: string, input: { readonly [field: string]: unknown }) => unknown;

/** The service's own: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
const DEFAULTS = { retries: 185, ageSeconds: 86_400 };
const FIRST_RETRY_MS = 1_000;
/** AWS does not say how it spaces attempts, only that the pauses grow. */
const LONGEST_PAUSE_MS = 60_000;

export interface Attempting {
  readonly arn: string;
  readonly request: ScheduleRequest;
  readonly clock: Clock;
  readonly call: CallTarget;
  readonly deadLetters: DeadLetters;
  /** Told of every change. */
  readonly changed: (run: ScheduledRun) => void;
}

/**
 * Starts a run, again and again as its retry policy says; what was not started
 * lands in the schedule's dead-letter queue. @returns takes the next attempt back.
 */
export function attemptRun({ arn, request, clock, call, deadLetters, changed }: Attempting, by: ScheduledRun["by"], dueMs: number): () => void {
  const { Arn, Input = "{}", RetryPolicy = {}, DeadLetterConfig } = request.Target;
  const { MaximumRetryAttempts = DEFAULTS.retries, MaximumEventAgeInSeconds = DEFAULTS.ageSeconds } = RetryPolicy;
  let cancel = (): void => undefined;
  const attempt = (number: number): void => {
    const text = filled(Input, { "execution-id": randomUUID(), "attempt-number": String(number), "scheduled-time": iso(dueMs), "schedule-arn": arn });
    try {
      const input = JSON.parse(text) as { readonly [field: string]: unknown };
      call(Arn, input);
      changed({ by, dueMs, attempts: number, started: { atMs: clock.now(), input }, over: true });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const tooOld = clock.now() - dueMs >= MaximumEventAgeInSeconds * 1000;
      if (number <= MaximumRetryAttempts && !tooOld) {
        changed({ by, dueMs, attempts: number, problem, over: false });
        cancel = clock.at(clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_RETRY_MS * 2 ** (number - 1)), () => attempt(number + 1));
        return;
      }
      changed({ by, dueMs, attempts: number, problem, over: true });
      if (DeadLetterConfig?.Arn === undefined) return;
      deadLetters.put(DeadLetterConfig.Arn, {
        body: text,
        attributes: {
          ERROR_CODE: error instanceof ControlPlaneError ? error.type : "InternalFailure",
          ERROR_MESSAGE: problem,
          EXHAUSTED_RETRY_CONDITION: tooOld ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts",
          RETRY_ATTEMPTS: String(number - 1),
          SCHEDULED_TIME: iso(dueMs),
          SCHEDULE_ARN: arn,
          TARGET_ARN: Arn,
        },
      });
    }
  };
  attempt(1);
  return () => cancel();
}

/** Context attributes in their places: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const filled = (text: string, attributes: { readonly [name: string]: string }): string =>
  text.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => attributes[name] ?? whole);

const iso = (instantMs: number): string => `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
