import { setTimeout as sleep } from "node:timers/promises";
import type { AlarmBook } from "../metrics/alarms";
import type { Fleet } from "./fleet";
import { maximumSecondsOf, ROLLOUT_SPEED, rollbackAlarmsOf, stepsOf, type DeploymentConfig } from "./rollout";
import { chooseWeighted, type Credits } from "./weights";

/** Why a rollout was taken back, in SageMaker's kind of words. */
export class RolledBack extends Error {}

const POLL_MS = 100;

/** The traffic on its way from one fleet to the next. Both answer until it is over. */
export class Shift {
  private share = 0;
  private credits: Credits = new Map();
  private readonly startedAtMs = performance.now();

  constructor(
    readonly from: Fleet,
    readonly to: Fleet,
    private readonly config: DeploymentConfig | undefined,
    private readonly alarms: AlarmBook,
    private readonly signal: AbortSignal,
  ) {}

  /** The fleet whose turn it is; the one that has the variant, where a variant is named. */
  next(targetVariant?: string): Fleet {
    const fleets = [this.from, this.to].filter((fleet) => targetVariant === undefined || fleet.variant(targetVariant) !== undefined);
    if (fleets.length === 1) return fleets[0]!;
    const { name, credits } = chooseWeighted([{ name: "from", weight: 1 - this.share }, { name: "to", weight: this.share }], this.credits);
    this.credits = credits;
    return name === "to" ? this.to : this.from;
  }

  /** Moves the traffic step by step, watching alarms and health after each. @throws RolledBack, and nothing has moved any more. */
  async run(): Promise<void> {
    const rolling = this.config?.RollingUpdatePolicy !== undefined;
    const instances = largest(this.from);
    try {
      this.check();
      for (const { share, waitSeconds } of stepsOf(this.config, rolling ? instances : largest(this.to))) {
        if (rolling) await this.to.scale(Math.round(share * instances));
        this.share = share;
        if (rolling) await this.from.scale(instances - Math.round(share * instances));
        await this.watch(waitSeconds);
      }
      await sleep(((this.config?.BlueGreenUpdatePolicy?.TerminationWaitInSeconds ?? 0) * 1000) / ROLLOUT_SPEED, undefined, { signal: this.signal });
    } catch (error) {
      if (rolling && !this.signal.aborted) await this.from.scale(instances);
      this.share = 0;
      throw error;
    }
  }

  private async watch(waitSeconds: number): Promise<void> {
    const until = performance.now() + (waitSeconds * 1000) / ROLLOUT_SPEED;
    for (;;) {
      this.check();
      const left = until - performance.now();
      if (left <= 0) return;
      await sleep(Math.min(POLL_MS, left), undefined, { signal: this.signal });
    }
  }

  private check(): void {
    const names = rollbackAlarmsOf(this.config);
    const firing = this.alarms.firing(names, ROLLOUT_SPEED);
    if (firing !== undefined) throw new RolledBack(`One or more configured alarm(s) in alarm state, or in an incorrect state: ${firing}.`);
    const ill = this.to.variants.find((variant) => variant.containers.length > 0 && variant.leastBusy() === undefined);
    if (ill) throw new RolledBack(`No instance of variant ${ill.name} of ${this.to.configName} passes the ping health check any more.`);
    const maximum = this.config && maximumSecondsOf(this.config);
    if (maximum !== undefined && performance.now() - this.startedAtMs > (maximum * 1000) / ROLLOUT_SPEED) {
      throw new RolledBack(`The deployment took longer than its MaximumExecutionTimeoutInSeconds, which is ${maximum}.`);
    }
  }
}

const largest = (fleet: Fleet): number => Math.max(1, ...fleet.variants.map(({ containers }) => containers.length));
