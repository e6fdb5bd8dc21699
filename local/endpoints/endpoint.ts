import type { EndpointConfig } from "../control/store";
import { desiredVariants, retainProperties, type LiveVariant } from "./deployment";
import { Fleet, Unservable, type ContainerHost } from "./fleet";
import { nextStatus, type EndpointEvent, type EndpointStatus } from "./status";

export interface UpdateOptions {
  readonly retain: boolean;
  readonly excluded: ReadonlySet<string>;
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

  private current: EndpointStatus = "Creating";
  private readonly closing = new AbortController();

  constructor(
    readonly name: string,
    /** The config that has the traffic, or was asked for at creation. */
    public config: EndpointConfig,
    private readonly host: ContainerHost,
    private readonly now: () => number,
  ) {
    this.createdAtMs = this.modifiedAtMs = now();
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

  /** Blue/green, all at once: the new fleet becomes healthy beside the old one, then has the traffic; the old one drains. */
  update(config: EndpointConfig, { retain, excluded }: UpdateOptions): void {
    const desired = desiredVariants(config);
    this.change(config, async (signal) => {
      const next = await Fleet.start(config.EndpointConfigName, retain ? retainProperties(desired, this.live, excluded) : desired, this.host, signal);
      const old = this.fleet;
      this.fleet = next;
      this.config = config;
      this.transition("deployed");
      await old?.stop();
    });
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
      this.fleet = await Fleet.start(this.config.EndpointConfigName, desiredVariants(this.config), this.host, this.closing.signal);
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
        this.fail(error);
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
    this.modifiedAtMs = this.now();
    if (event === "deployed" || event === "update") this.failureReason = undefined;
  }

  private async stopFleet(): Promise<void> {
    const fleet = this.fleet;
    this.fleet = undefined;
    await fleet?.stop();
  }
}
