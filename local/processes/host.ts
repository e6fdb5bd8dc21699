import { joinServeSpec, type ServeSpec } from "../../contract/serve-spec";
import { UnsafeArchive } from "../../packaging/extract";
import type { ArtifactStore } from "../artifacts/store";
import type { TargetStore } from "../artifacts/targets";
import type { Model } from "../control/store";
import { Unservable, type ContainerHost } from "../endpoints/fleet";
import { Container, LEASH, type ContainerTimings, type LaunchSpec } from "./container";
import { containerEnvironment } from "./environment";

/** The container code that this machine has. */
export interface ContainerImage {
  /** Arguments to `node` that start it: `["container/dist/serve.cjs", "serve"]`. */
  readonly script: readonly string[];
  /** The runtimes it can serve; a promise while it is still being built. */
  readonly runtimes: readonly string[] | Promise<readonly string[]>;
}

export interface HostOptions {
  readonly image: ContainerImage;
  readonly artifacts: ArtifactStore;
  /** The archives of multi-model endpoints. */
  readonly targets: TargetStore;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly timings: Omit<ContainerTimings, "startupMs"> & { /** Shortens what configs ask for. */ readonly maxStartupMs: number };
}

/** Runs models as child processes of the real container code, on loopback, each on a port of its own. */
export class ProcessHost {
  private readonly made = new Set<Container>();

  constructor(private readonly options: HostOptions) {}

  /** Every container that was made and not told to stop. */
  get containers(): readonly Container[] {
    for (const container of this.made) if (container.stopped) this.made.delete(container);
    return [...this.made];
  }

  /** The same for the models of one region. */
  of(models: ReadonlyMap<string, Model>): ContainerHost {
    return { prepare: (modelName) => this.prepare(modelName, models.get(modelName)), create: (spec, timings) => this.create(spec, timings) };
  }

  private async prepare(modelName: string, model: Model | undefined): Promise<LaunchSpec> {
    const { image, artifacts, targets, environment } = this.options;
    if (!model) throw new Unservable(`not served on this machine: the model ${modelName} was deleted`);
    const spec = servable(model, await image.runtimes);
    if (containerOf(model).Mode === "MultiModel") return this.prepareMany(model);
    const uploaded = targets.at(containerOf(model).ModelDataUrl ?? "");
    const directory = await uploaded.then((folder) => folder ?? artifacts.unpacked(spec.artifact.sha256)).catch((error: unknown) => {
      if (error instanceof UnsafeArchive) throw new Unservable(`not served on this machine: ${error.message}`);
      throw error;
    });
    if (directory === undefined) {
      throw new Unservable(
        `not served on this machine: the artifact ${spec.artifact.uri} (sha256 ${spec.artifact.sha256.slice(0, 12)}…) is not here; registry/demo has none with that sha256`,
      );
    }
    return {
      command: [process.execPath, "--require", LEASH, ...image.script],
      environment: containerEnvironment(environment, containerOf(model).Environment ?? {}, {
        SLIPWAY_MODEL_DIR: directory,
        SLIPWAY_HOST: "127.0.0.1",
        SAGEMAKER_BIND_TO_PORT: "0",
      }),
    };
  }

  /** How the container's code is started here. @throws Unservable where it does not have the runtime. */
  async command(runtime: string): Promise<LaunchSpec["command"]> {
    const { script, runtimes } = this.options.image;
    if (!(await runtimes).includes(runtime)) throw new Unservable(`not served on this machine: the container does not have the ${runtime} runtime yet`);
    return [process.execPath, "--require", LEASH, ...script];
  }

  /** No artifact yet: each is loaded when it is first asked for. */
  private prepareMany(model: Model): LaunchSpec {
    const { image, targets, environment } = this.options;
    const { Environment = {}, ModelDataUrl: prefixUri = "", MultiModelConfig } = containerOf(model);
    return {
      command: [process.execPath, "--require", LEASH, ...image.script],
      environment: containerEnvironment(environment, Environment, { SAGEMAKER_MULTI_MODEL: "true", SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" }),
      multiModel: { prefixUri, cache: MultiModelConfig?.ModelCacheSetting !== "Disabled", folder: (target) => targets.folder(prefixUri, target) },
    };
  }

  create(spec: LaunchSpec, { startupMs }: Pick<ContainerTimings, "startupMs">): Container {
    const { maxStartupMs, ...timings } = this.options.timings;
    const container = new Container(spec, { ...timings, startupMs: Math.min(startupMs, maxStartupMs) });
    this.made.add(container);
    return container;
  }
}

const containerOf = (model: Model) => model.PrimaryContainer ?? model.Containers?.[0] ?? {};

/** The model's serve spec, if this machine's container can serve it; a reason in plain words if not. */
function servable(model: Model, runtimes: readonly string[]): ServeSpec {
  const because = (reason: string) => new Unservable(`not served on this machine: ${reason}`);
  const { Environment, Image } = containerOf(model);
  if ((model.Containers?.length ?? 0) > 1) throw because("it is a pipeline of several containers");
  const text = joinServeSpec(Environment ?? {});
  if (text === undefined) throw because(`it brings its own container ${Image ?? "(no image given)"}, and only Slipway's container runs here`);
  let spec: ServeSpec;
  try {
    spec = JSON.parse(text) as ServeSpec;
  } catch {
    throw because("its SLIPWAY_SPEC variables do not hold JSON");
  }
  if (typeof spec?.artifact?.sha256 !== "string") throw because("its SLIPWAY_SPEC names no artifact");
  if (!runtimes.includes(spec.runtime)) throw because(`the container does not have the ${spec.runtime} runtime yet`);
  return spec;
}
