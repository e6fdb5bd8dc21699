import type { Container } from "../processes/container";
import type { DesiredVariant } from "./deployment";

/** One variant of a fleet: its instances and what it lets through. */
export class Variant {
  readonly name: string;
  weight: number;
  private readonly instances: Container[];

  constructor(
    readonly desired: DesiredVariant,
    /** Makes an instance that has not been started. */
    private readonly create: () => Container,
  ) {
    this.name = desired.name;
    this.weight = desired.weight;
    this.instances = Array.from({ length: desired.instances }, create);
  }

  get containers(): readonly Container[] {
    return this.instances;
  }

  /** Requests that are being answered now. */
  get outstanding(): number {
    return this.instances.reduce((sum, { outstanding }) => sum + outstanding, 0);
  }

  /** A serverless variant answers at most `MaxConcurrency` requests at once. */
  get saturated(): boolean {
    return this.desired.serverless !== undefined && this.outstanding >= this.desired.serverless.MaxConcurrency;
  }

  /** The healthy instance with the fewest requests; undefined where none is healthy. */
  leastBusy(): Container | undefined {
    return this.instances
      .filter(({ healthy }) => healthy)
      .reduce<Container | undefined>((best, one) => (best === undefined || one.outstanding < best.outstanding ? one : best), undefined);
  }

  async start(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.start()));
  }

  /** Brings the count to `count`; an instance that leaves finishes its requests first. */
  async scale(count: number): Promise<void> {
    const added = Array.from({ length: Math.max(0, count - this.instances.length) }, this.create);
    try {
      await Promise.all(added.map((instance) => instance.start()));
    } catch (error) {
      await Promise.all(added.map((instance) => instance.stop()));
      throw error;
    }
    this.instances.push(...added);
    await Promise.all(this.instances.splice(count).map((instance) => instance.stop()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }
}
