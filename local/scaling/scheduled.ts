import type { ResourceInputs } from "../../contract/resources";
import { nextRunMs, parseExpression, type Schedule } from "../../planning/schedules/schedule";
import type { Autoscaler } from "../async/autoscaler";
import type { Endpoint } from "../endpoints/endpoint";
import type { KeptResource } from "../engine/resources";

/** A range that a variant is given when its time comes, as the program registered it. */
export interface ScheduledAction {
  readonly endpointName: string;
  readonly variantName: string;
  readonly schedule: Schedule;
  readonly minimum: number;
  readonly maximum: number;
}

/** The scheduled actions on instance counts, out of what the program created. Pure. */
export function scheduledActions(resources: readonly KeptResource[]): ScheduledAction[] {
  return resources.flatMap(({ type, inputs }) => {
    if (type !== "aws:appautoscaling/scheduledAction:ScheduledAction") return [];
    const { resourceId, scalableDimension, schedule, timezone, scalableTargetAction } = inputs as unknown as ResourceInputs[typeof type];
    const [, endpointName, variantName] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resourceId) ?? [];
    // A serverless variant is one process here: there is nothing to keep warm.
    if (endpointName === undefined || variantName === undefined || scalableDimension !== "sagemaker:variant:DesiredInstanceCount") return [];
    return [{ endpointName, variantName, schedule: parseExpression(schedule, timezone ?? "UTC"), minimum: scalableTargetAction.minCapacity, maximum: scalableTargetAction.maxCapacity }];
  });
}

const TICK_MS = 1_000;

/**
 * Scheduled scaling at the clock of this machine: a range that comes due is the
 * variant's from then on, and a count outside it moves to its nearer end
 * (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html).
 */
export class ScheduledScaling {
  private readonly actions: { readonly action: ScheduledAction; dueMs: number | undefined }[] = [];
  /** Variants whose count is still to be moved, by `endpoint/variant`: an endpoint takes one change at a time. */
  private readonly pending = new Map<string, ScheduledAction>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly endpoints: { readonly get: (name: string) => Endpoint | undefined },
    private readonly autoscaler: Pick<Autoscaler, "limit">,
    private readonly now: () => number = Date.now,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  register(action: ScheduledAction): void {
    this.actions.push({ action, dueMs: nextRunMs(action.schedule, this.now()) });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  tick(): void {
    const nowMs = this.now();
    const due = this.actions.flatMap((each) => {
      let lastMs: number | undefined;
      while (each.dueMs !== undefined && each.dueMs <= nowMs) {
        lastMs = each.dueMs;
        each.dueMs = nextRunMs(each.action.schedule, lastMs, lastMs);
      }
      return lastMs === undefined ? [] : [{ action: each.action, lastMs }];
    });
    // A machine that slept has missed some: the latest of them is what holds.
    for (const { action } of due.sort((a, b) => a.lastMs - b.lastMs)) {
      const { endpointName, variantName } = action;
      this.pending.set(`${endpointName}/${variantName}`, action);
      this.autoscaler.limit(endpointName, variantName, action);
    }
    for (const [key, action] of this.pending) if (this.move(action)) this.pending.delete(key);
  }

  /** Whether there is nothing left to do. */
  private move({ endpointName, variantName, minimum, maximum }: ScheduledAction): boolean {
    const endpoint = this.endpoints.get(endpointName);
    const variant = endpoint?.fleet?.variant(variantName);
    if (endpoint === undefined || variant === undefined) return true;
    const running = variant.containers.length;
    const wanted = Math.min(maximum, Math.max(minimum, running));
    if (wanted === running) return true;
    if (!endpoint.allows("update")) return false;
    endpoint.updateWeightsAndCapacities([{ VariantName: variantName, DesiredInstanceCount: wanted }]);
    return true;
  }
}
