import type { Container, ContainerTimings, LaunchSpec } from "../processes/container";
import type { DesiredVariant } from "./deployment";
import { Variant } from "./variant";
import { chooseWeighted, type Credits } from "./weights";

/** Where containers come from: the real thing in `processes/host.ts`. */
export interface ContainerHost {
  /** Makes the model ready to run here. Throws `Unservable` where this machine cannot. */
  prepare(modelName: string): Promise<LaunchSpec>;
  create(spec: LaunchSpec, timings: Pick<ContainerTimings, "startupMs">): Container;
}

/** Nothing is wrong with the request; this machine cannot run it. The message says why, for people. */
export class Unservable extends Error {}

/** A variant whose containers did not become healthy. */
export class VariantFailure extends Error {}

/** All variants of one endpoint config, running. */
export class Fleet {
  private credits: Credits = new Map();

  private constructor(
    readonly configName: string,
    readonly variants: readonly Variant[],
  ) {}

  /** Starts everything and resolves when every instance is healthy; on any failure nothing is left running. */
  static async start(configName: string, desired: readonly DesiredVariant[], host: ContainerHost, signal: AbortSignal): Promise<Fleet> {
    const specs = await Promise.all(desired.map(({ modelName }) => host.prepare(modelName)));
    const variants = desired.map(
      (variant, index) => new Variant(variant, () => host.create(specs[index]!, { startupMs: variant.startupTimeoutSeconds * 1000 })),
    );
    const fleet = new Fleet(configName, variants);
    const stop = () => void fleet.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.all(variants.map((variant) => variant.start().catch((error: Error) => Promise.reject(failure(variant, error)))));
    } catch (error) {
      await fleet.stop();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    return fleet;
  }

  variant(name: string): Variant | undefined {
    return this.variants.find((variant) => variant.name === name);
  }

  /** The variant whose turn it is by the weights; one without a healthy instance is passed over. */
  next(): Variant | undefined {
    const alive = this.variants.filter((variant) => variant.leastBusy() !== undefined);
    const { name, credits } = chooseWeighted(alive, this.credits);
    this.credits = credits;
    return name === undefined ? undefined : this.variant(name);
  }

  /** Brings every variant to so many instances; one that leaves finishes its requests first. */
  async scale(count: number): Promise<void> {
    await Promise.all(this.variants.map((variant) => variant.scale(count)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.variants.map((variant) => variant.stop()));
  }
}

/** SageMaker's own sentence, then what this machine knows about it. */
function failure(variant: Variant, error: Error): VariantFailure {
  return new VariantFailure(`The primary container for production variant ${variant.name} did not pass the ping health check: ${error.message}`);
}
