import type { Shape } from "../control/constraints";

/** `CreateSchedule` as far as it runs here: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export interface ScheduleRequest {
  readonly Name: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly Description?: string;
  readonly State?: "DISABLED" | "ENABLED";
  readonly FlexibleTimeWindow: { readonly Mode: "FLEXIBLE" | "OFF"; readonly MaximumWindowInMinutes?: number };
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
    readonly DeadLetterConfig?: { readonly Arn?: string };
  };
}

const text = (max: number, pattern: RegExp, min = 1): Shape => ({ type: "string", min, max, pattern });
const choice = (...values: string[]): Shape => ({ type: "string", enum: values });
const count = (min: number, max: number): Shape => ({ type: "integer", min, max });
const structure = (members: { [name: string]: Shape }, ...required: string[]): Shape => ({ type: "structure", members, required });

/** With the constraints of EventBridge Scheduler's service model (API version 2021-06-30). */
export const createScheduleInput = structure(
  {
    Name: text(64, /[0-9a-zA-Z-_.]+/),
    ScheduleExpression: text(256, /[\s\S]+/),
    ScheduleExpressionTimezone: text(50, /[\s\S]+/),
    Description: text(512, /[\s\S]*/, 0),
    State: choice("ENABLED", "DISABLED"),
    FlexibleTimeWindow: structure({ Mode: choice("OFF", "FLEXIBLE"), MaximumWindowInMinutes: count(1, 1440) }, "Mode"),
    Target: structure(
      {
        Arn: text(1600, /[\s\S]+/),
        RoleArn: text(1600, /arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+/),
        Input: text(Number.MAX_SAFE_INTEGER, /[\s\S]+/),
        RetryPolicy: structure({ MaximumEventAgeInSeconds: count(60, 86_400), MaximumRetryAttempts: count(0, 185) }),
        DeadLetterConfig: structure({ Arn: text(1600, /arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]+/) }),
      },
      "Arn",
      "RoleArn",
    ),
  },
  "Name",
  "ScheduleExpression",
  "FlexibleTimeWindow",
  "Target",
);
