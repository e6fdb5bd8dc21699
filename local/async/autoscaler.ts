import type { Endpoint } from "../endpoints/endpoint";
import type { Queues } from "./queues";

/** One scalable target with the policies on it, as the program registered them. */
export interface BacklogScaling {
  readonly endpointName: string;
  readonly variantName: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Target of ApproximateBacklogSizePerInstance. */
  readonly backlogPerInstance: number;
  /** Whether a step policy on HasBacklogWithoutCapacity is there to leave zero. */
  readonly wakes: boolean;
}

/** On AWS minutes; here seconds, so that a person can watch it. */
export interface ScalingTimings {
  /** From the first request of an endpoint that sleeps to its first instance; on AWS two minutes. */
  readonly wakeMs: number;
  /** Between one step out and the next; on AWS the cooldown. */
  readonly outMs: number;
  /** Without need before an instance goes; on AWS the cooldown, and fifteen minutes before it. */
  readonly idleMs: number;
}

export const SCALING_TIMINGS: ScalingTimings = { wakeMs: 1_000, outMs: 2_000, idleMs: 20_000 };
const TICK_MS = 200;

/** How many instances a backlog asks for, as target tracking computes it. Pure. */
export function desiredInstances({ minimum, maximum, backlogPerInstance, wakes }: BacklogScaling, backlog: number, running: number): number {
  const clamped = (count: number): number => Math.min(maximum, Math.max(minimum, count));
  // Without instances the metric is the backlog itself, and only what is above the target counts; the step sees the first.
  if (running === 0) return backlog > backlogPerInstance ? clamped(Math.ceil(backlog / backlogPerInstance)) : clamped(backlog > 0 && wakes ? 1 : 0);
  return clamped(Math.ceil(backlog / backlogPerInstance));
}

/** Application Auto Scaling for queues: looks at each backlog and sets the counts, as the service does through the control plane. */
export class Autoscaler {
  private readonly targets = new Map<string, { readonly scaling: BacklogScaling; wantedSinceMs?: number; wanted?: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly endpoints: { readonly get: (name: string) => Endpoint | undefined },
    private readonly queues: Queues,
    private readonly timings: ScalingTimings,
    private readonly now: () => number = Date.now,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  register(scaling: BacklogScaling): void {
    this.targets.set(`${scaling.endpointName}/${scaling.variantName}`, { scaling });
  }

  /** Another range for a variant that goes by its backlog; nothing for one that does not. */
  limit(endpointName: string, variantName: string, { minimum, maximum }: Pick<BacklogScaling, "maximum" | "minimum">): void {
    const key = `${endpointName}/${variantName}`;
    const target = this.targets.get(key);
    if (target !== undefined) this.targets.set(key, { ...target, scaling: { ...target.scaling, minimum, maximum } });
  }

  scalingOf(endpointName: string): BacklogScaling | undefined {
    return [...this.targets.values()].find(({ scaling }) => scaling.endpointName === endpointName)?.scaling;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    for (const target of this.targets.values()) {
      const { endpointName, variantName } = target.scaling;
      const endpoint = this.endpoints.get(endpointName);
      const variant = endpoint?.fleet?.variant(variantName);
      const worker = this.queues.of(endpointName);
      if (!endpoint || !variant || !worker || !endpoint.allows("update")) continue;
      const running = variant.containers.length;
      const wanted = desiredInstances(target.scaling, worker.backlog, running);
      const direction = Math.sign(wanted - running);
      if (direction !== target.wanted) Object.assign(target, { wanted: direction, wantedSinceMs: this.now() });
      const patience = direction < 0 ? this.timings.idleMs : running === 0 ? this.timings.wakeMs : this.timings.outMs;
      if (direction === 0 || this.now() - target.wantedSinceMs! < patience) continue;
      endpoint.updateWeightsAndCapacities([{ VariantName: variantName, DesiredInstanceCount: wanted }]);
    }
  }
}
