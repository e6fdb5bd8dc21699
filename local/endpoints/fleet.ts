import type { Container, ContainerTimings, LaunchSpec } from "../processes/container";
import type { DataCaptureConfig, EndpointConfig } from "../control/store";
import { desiredShadow, type DesiredVariant } from "./deployment";
import { Sampler } from "./sampler";
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
  private readonly sampled = new Sampler();
  private readonly mirrored = new Sampler();

  private constructor(
    private readonly config: EndpointConfig,
    readonly variants: readonly Variant[],
    private readonly shadow: { readonly variant: Variant; readonly share: number } | undefined,
  ) {}

  get configName(): string {
    return this.config.EndpointConfigName;
  }

  /** The shadow, where it is its turn for a copy of a request. */
  mirror(): Variant | undefined {
    return this.shadow !== undefined && this.mirrored.takes(this.shadow.share) ? this.shadow.variant : undefined;
  }

  /** What to keep of a request, where it is one of those that are kept. */
  sample(): DataCaptureConfig | undefined {
    const { DataCaptureConfig: capture } = this.config;
    return capture && capture.EnableCapture !== false && this.sampled.takes(capture.InitialSamplingPercentage / 100) ? capture : undefined;
  }

  private get all(): readonly Variant[] {
    return this.shadow === undefined ? this.variants : [...this.variants, this.shadow.variant];
  }

  /** Starts everything and resolves when every instance is healthy; on any failure nothing is left running. */
  static async start(config: EndpointConfig, desired: readonly DesiredVariant[], host: ContainerHost, signal: AbortSignal): Promise<Fleet> {
    const shadow = desiredShadow(config);
    const wanted = shadow === undefined ? desired : [...desired, shadow.variant];
    const specs = await Promise.all(wanted.map(({ modelName }) => host.prepare(modelName)));
    const all = wanted.map((variant, index) => new Variant(variant, () => host.create(specs[index]!, { startupMs: variant.startupTimeoutSeconds * 1000 })));
    const fleet = new Fleet(config, all.slice(0, desired.length), shadow && { variant: all.at(-1)!, share: shadow.share });
    const stop = () => void fleet.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.all(all.map((variant) => variant.start().catch((error: Error) => Promise.reject(failure(variant, error)))));
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
    await Promise.all(this.all.map((variant) => variant.stop()));
  }
}

/** SageMaker's own sentence, then what this machine knows about it. */
function failure(variant: Variant, error: Error): VariantFailure {
  return new VariantFailure(`The primary container for production variant ${variant.name} did not pass the ping health check: ${error.message}`);
}
