import { ACCOUNT_ID } from "../account";
import { assertShape } from "../control/constraints";
import { ControlPlaneError, validationException } from "../control/errors";
import type { Clock } from "./clock";
import { DeadLetters } from "./dead-letters";
import { createScheduleInput, type ScheduleRequest } from "./request";
import type { CallTarget } from "./run";
import { LocalSchedule } from "./schedule";

export interface SchedulerOptions {
  /** The stack's own; a schedule may be made in any other. */
  readonly region: string;
  readonly clock: Clock;
  /** Makes the call of a target in the region of its schedule. @throws what the service would answer. */
  readonly call: (...of: [...Parameters<CallTarget>, region: string]) => unknown;
  /** From 0 to 1: where in a flexible window a run starts. */
  readonly random?: () => number;
}

/** The one group that there always is. */
export const GROUP = "default";
/** The one target that starts something on this machine: a universal target, the call itself. */
const CREATE_TRANSFORM_JOB = /^arn:aws[a-z-]*:scheduler:::aws-sdk:sagemaker:createTransformJob$/;

/** The EventBridge Scheduler of this machine, in memory: schedules that start transform jobs. A name is taken in every region at once. */
export class Scheduler {
  readonly deadLetters = new DeadLetters();
  private readonly schedules = new Map<string, LocalSchedule>();

  constructor(private readonly options: SchedulerOptions) {}

  /** By name. */
  get all(): LocalSchedule[] {
    return [...this.schedules.values()].sort((a, b) => (a.request.Name < b.request.Name ? -1 : 1));
  }

  /** @throws ControlPlaneError ValidationException, ConflictException */
  create(input: object, region = this.options.region): LocalSchedule {
    assertShape(createScheduleInput, input);
    const request = input as ScheduleRequest;
    const { Name, Target, FlexibleTimeWindow } = request;
    if (this.schedules.has(Name)) throw new ControlPlaneError("ConflictException", `Schedule ${Name} already exists.`, 409);
    if (!CREATE_TRANSFORM_JOB.test(Target.Arn)) throw validationException(`The target ${Target.Arn} does not run on this machine: it has arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob.`);
    if ((FlexibleTimeWindow.Mode === "FLEXIBLE") !== (FlexibleTimeWindow.MaximumWindowInMinutes !== undefined)) {
      throw validationException("MaximumWindowInMinutes must be there where FlexibleTimeWindow is FLEXIBLE, and only there.");
    }
    const { clock, call: callIn, random = Math.random } = this.options;
    const call: CallTarget = (target, what) => callIn(target, what, region);
    const arn = `arn:aws:scheduler:${region}:${ACCOUNT_ID}:schedule/${GROUP}/${Name}`;
    const schedule = new LocalSchedule(arn, { request, clock, call, deadLetters: this.deadLetters }, random);
    this.schedules.set(Name, schedule);
    return schedule;
  }

  /** Those of one region, by name. */
  in(region: string): LocalSchedule[] {
    return this.all.filter((schedule) => schedule.region === region);
  }

  /**
   * @param region where it is looked for; without one, everywhere.
   * @throws ControlPlaneError ResourceNotFoundException
   */
  get(name: string, region?: string): LocalSchedule {
    const schedule = this.schedules.get(name);
    if (schedule === undefined || (region !== undefined && schedule.region !== region)) throw new ControlPlaneError("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
    return schedule;
  }

  delete(name: string, region?: string): void {
    this.get(name, region).close();
    this.schedules.delete(name);
  }

  /** Starts nothing any more. */
  close(): void {
    for (const schedule of this.schedules.values()) schedule.close();
  }
}
