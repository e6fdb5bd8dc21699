import type { EndpointConfig } from "../control/store";
import { desiredVariants, retainProperties, type DesiredVariant, type LiveVariant } from "./deployment";
import { Fleet, Unservable, type ContainerHost } from "./fleet";
import type { AlarmBook } from "../metrics/alarms";
import { stepsOf, type DeploymentConfig } from "./rollout";
import { Shift } from "./shift";
import { nextStatus, type EndpointEvent, type EndpointStatus } from "./status";

export interface UpdateOptions {
  readonly retain: boolean;
  readonly excluded: ReadonlySet<string>;
  /** How the traffic moves; undefined: all at once, watched by nothing. */
  readonly deployment?: DeploymentConfig;
}

/** What an endpoint stands on. */
export interface EndpointHost {
  readonly host: ContainerHost;
  readonly alarms: AlarmBook;
  readonly now: () => number;
}

export interface WeightAndCapacity {
  readonly VariantName: string;
  readonly DesiredWeight?: number;
  readonly DesiredInstanceCount?: number;
}

/** SageMaker cuts a failure reason at 1024 characters. */
const MAX_REASON = 1024;

/**
 * One endpoint: a status that only moves along the table in `status.ts`, and
 * the fleet that has the traffic. Its operations return at once, as the API's
 * do; `settled` resolves when the change under way is over.
 */
export class Endpoint {
  readonly createdAtMs: number;
  modifiedAtMs: number;
  failureReason: string | undefined;
  /** The fleet that has the traffic; undefined where there is none. */
  fleet: Fleet | undefined;
  /** The config asked for, while an update is under way. */
  pendingConfig: EndpointConfig | undefined;
  settled: Promise<void> = Promise.resolve();
  /** How the latest update moved the traffic, or what was asked for at creation. */
  lastDeployment: DeploymentConfig | undefined;

  /** The traffic on its way to another fleet. */
  private shift: Shift | undefined;
  private current: EndpointStatus = "Creating";
  private readonly closing = new AbortController();

  constructor(
    readonly name: string,
    /** The config that has the traffic, or was asked for at creation. */
    public config: EndpointConfig,
    private readonly on: EndpointHost,
  ) {
    this.createdAtMs = this.modifiedAtMs = on.now();
    this.settled = this.create();
  }

  get status(): EndpointStatus {
    return this.current;
  }

  allows(event: EndpointEvent): boolean {
    return nextStatus(this.current, event) !== undefined;
  }

  /** Live weights and counts, for an update that keeps them. */
  get live(): LiveVariant[] {
    return (this.fleet?.variants ?? []).map(({ name, weight, containers, desired }) => ({
      name,
      weight,
      instances: containers.length,
      serverless: desired.serverless !== undefined,
    }));
  }

  /** The fleet that answers the next request; undefined where there is none. */
  route(targetVariant?: string): Fleet | undefined {
    return this.shift?.next(targetVariant) ?? this.fleet;
  }

  /**
   * The new fleet becomes healthy beside the old one, then the traffic moves as the deployment says; the old one drains.
   * Where a rollback alarm fires or the new fleet falls ill on the way, all of it goes back to the old config.
   */
  update(config: EndpointConfig, { retain, excluded, deployment }: UpdateOptions): void {
    const asked = desiredVariants(config);
    const desired = retain ? retainProperties(asked, this.live, excluded) : asked;
    this.lastDeployment = deployment;
    this.change(config, async (signal) => {
      const old = this.fleet;
      const first = old && deployment?.RollingUpdatePolicy ? firstBatch(desired, deployment) : desired;
      const next = await Fleet.start(config, first, this.on.host, signal);
      if (old) await this.move(old, next, deployment, signal);
      this.fleet = next;
      this.config = config;
      this.transition("deployed");
      await old?.stop();
    });
  }

  private async move(old: Fleet, next: Fleet, deployment: DeploymentConfig | undefined, signal: AbortSignal): Promise<void> {
    const shift = new Shift(old, next, deployment, this.on.alarms, signal);
    this.shift = shift;
    try {
      await shift.run();
    } catch (error) {
      this.fail(error);
      this.shift = undefined;
      await next.stop();
      throw error;
    }
    this.shift = undefined;
  }

  updateWeightsAndCapacities(wanted: readonly WeightAndCapacity[]): void {
    this.change(this.config, async () => {
      // Capacity first: it can fail, and then the weights stay as they were.
      for (const { VariantName, DesiredInstanceCount } of wanted) {
        if (DesiredInstanceCount !== undefined) await this.fleet?.variant(VariantName)?.scale(DesiredInstanceCount);
      }
      for (const { VariantName, DesiredWeight } of wanted) {
        const variant = this.fleet?.variant(VariantName);
        if (variant && DesiredWeight !== undefined) variant.weight = DesiredWeight;
      }
      this.transition("deployed");
    });
  }

  /** Takes no request from now on; resolves `settled` when the last one is answered and every process has ended. */
  delete(): void {
    this.transition("delete");
    this.settled = this.stopFleet();
  }

  /** For the end of the whole machine: whatever is under way is given up. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.settled;
    await this.stopFleet();
  }

  private async create(): Promise<void> {
    try {
      this.fleet = await Fleet.start(this.config, desiredVariants(this.config), this.on.host, this.closing.signal);
      this.transition("deployed");
    } catch (error) {
      this.fail(error);
    }
  }

  private change(config: EndpointConfig, work: (signal: AbortSignal) => Promise<void>): void {
    this.transition("update");
    this.pendingConfig = config;
    this.settled = work(this.closing.signal)
      .catch((error: unknown) => {
        if (this.current !== "RollingBack") this.fail(error);
        this.transition(this.fleet ? "rolledBack" : "rolledBackToNothing");
      })
      .finally(() => (this.pendingConfig = undefined));
  }

  private fail(error: unknown): void {
    const unservable = error instanceof Unservable;
    this.transition(unservable ? "unservable" : "failed");
    this.failureReason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON);
  }

  private transition(event: EndpointEvent): void {
    const next = nextStatus(this.current, event);
    if (next === undefined) throw new Error(`endpoint ${this.name}: ${event} is not allowed in ${this.current}`);
    this.current = next;
    this.modifiedAtMs = this.on.now();
    if (event === "deployed" || event === "update") this.failureReason = undefined;
  }

  private async stopFleet(): Promise<void> {
    const fleet = this.fleet;
    this.fleet = undefined;
    await fleet?.stop();
  }
}

/** What a rolling update starts with: as many instances as the first of its batches has. */
function firstBatch(desired: readonly DesiredVariant[], deployment: DeploymentConfig): DesiredVariant[] {
  return desired.map((variant) => ({ ...variant, instances: Math.max(1, Math.round((stepsOf(deployment, variant.instances)[0]?.share ?? 1) * variant.instances)) }));
}
