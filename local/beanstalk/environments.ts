import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ArtifactStore } from "../artifacts/store";
import type { TargetStore } from "../artifacts/targets";
import { Unservable } from "../endpoints/fleet";
import type { Container, LaunchSpec } from "../processes/container";
import { containerEnvironment } from "../processes/environment";
import type { ProcessHost } from "../processes/host";
import type { ObjectStore } from "../s3/store";
import type { SecretStore } from "../secrets/store";
import { readBundle, type Bundle } from "./bundle";
import { Front } from "./front";

/** One environment, as table and page show it. */
export interface EnvironmentState {
  readonly name: string;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly status: "Failed" | "OutOfService" | "Ready" | "Severe";
  /** Why it is not ready, for people. */
  readonly reason: string | undefined;
  /** The secret that holds its token; never the token. */
  readonly tokenSecretArn: string;
}

export interface EnvironmentRequest {
  readonly name: string;
  readonly version: string;
  readonly settings: readonly { readonly namespace: string; readonly name: string; readonly value: string }[];
}

export interface EnvironmentsOptions {
  readonly host: ProcessHost;
  readonly artifacts: ArtifactStore;
  /** Archives in the S3 of this machine. */
  readonly targets: Pick<TargetStore, "at">;
  readonly objects: ObjectStore;
  readonly secrets: SecretStore;
  readonly environment: { readonly [name: string]: string | undefined };
}

interface Running {
  readonly bundle: Bundle;
  readonly front: Front;
  readonly folder: string;
  container?: Container;
  failure?: Error;
}

/** An image and its model may take minutes to come up on an instance; here they are on the disk already. */
const STARTUP_MS = 60_000;
const VARIABLES = "aws:elasticbeanstalk:application:environment";

/**
 * The Elastic Beanstalk of this machine: it unpacks the very bundle that would
 * be deployed and does with it what an instance does, with processes in place of
 * containers. The hooks' work (artifact, spec, token) is done by their list,
 * `slipway/host.json`; the scripts themselves need root and an instance.
 */
export class Environments {
  private readonly versions = new Map<string, { readonly bucket: string; readonly key: string }>();
  private readonly running = new Map<string, Running>();

  constructor(private readonly options: EnvironmentsOptions) {}

  createVersion(name: string, source: { readonly bucket: string; readonly key: string }): void {
    this.versions.set(name, source);
  }

  /** Brings an environment up, and answers where it listens. One that this machine cannot serve listens too, and says why. */
  async create({ name, version, settings }: EnvironmentRequest): Promise<{ readonly cname: string }> {
    const source = this.versions.get(version);
    if (source === undefined) throw new Error(`there is no application version ${version}`);
    const bundle = readBundle((await this.options.objects.bytes(source)).body);
    const folder = await mkdtemp(path.join(tmpdir(), "slipway-beanstalk-"));
    const front = await Front.start({ container: () => running.container, maxBodyBytes: bundle.maxBodyBytes, timeoutMs: bundle.timeoutMs });
    const running: Running = { bundle, front, folder };
    this.running.set(name, running);
    try {
      running.container = this.options.host.create(await this.prepare(bundle, folder, settings), { startupMs: STARTUP_MS });
      await running.container.start();
    } catch (error) {
      running.failure = error as Error;
      await running.container?.stop();
    }
    return { cname: front.address };
  }

  state(name: string): EnvironmentState | undefined {
    const running = this.running.get(name);
    if (running === undefined) return undefined;
    const { failure, container, front, bundle } = running;
    const status = failure instanceof Unservable ? "OutOfService" : failure !== undefined ? "Failed" : container?.healthy === true ? "Ready" : "Severe";
    return { name, url: `http://${front.address}`, status, reason: failure?.message, tokenSecretArn: bundle.tokenSecretArn };
  }

  get states(): readonly EnvironmentState[] {
    return [...this.running.keys()].map((name) => this.state(name)!);
  }

  /** Ends what listens; the processes are the host's. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.running.values()].map(async ({ front, folder, container }) => {
        await front.close();
        await container?.stop();
        await rm(folder, { recursive: true, force: true });
      }),
    );
  }

  /** What the hooks do on an instance. */
  private async prepare(bundle: Bundle, folder: string, settings: EnvironmentRequest["settings"]): Promise<LaunchSpec> {
    const { host, artifacts, targets, secrets, environment } = this.options;
    const { spec, artifact, tokenSecretArn, volumes } = bundle;
    if (spec === undefined) throw new Unservable(`not served on this machine: it brings its own container ${bundle.image}, and only Slipway's container runs here`);
    const { runtime } = JSON.parse(spec) as { readonly runtime: string };
    const modelFolder = (await targets.at(artifact.uri)) ?? (await artifacts.unpacked(artifact.sha256));
    if (modelFolder === undefined) throw new Unservable(`not served on this machine: the artifact ${artifact.uri} (sha256 ${artifact.sha256.slice(0, 12)}…) is not here; registry/demo has none with that sha256`);
    const token = secrets.value(tokenSecretArn);
    if (token === undefined) throw new Error(`the secret ${tokenSecretArn} holds no token`);
    await writeFile(path.join(folder, "token"), token, { mode: 0o600 });
    await writeFile(path.join(folder, "spec.json"), spec);

    // Where the container would see a volume of the instance, the process sees the folder itself.
    const places = volumes.map((volume) => ({ ...volume, here: volume.host.endsWith(artifact.sha256) ? modelFolder : folder }));
    const here = (value: string): string => {
      const place = places.find(({ container }) => value === container || value.startsWith(`${container}/`));
      return place === undefined ? value : path.join(place.here, value.slice(place.container.length));
    };
    const variables = Object.fromEntries(settings.filter(({ namespace }) => namespace === VARIABLES).map(({ name, value }) => [name, here(value)]));
    const command = await host.command(runtime);
    return { command, environment: containerEnvironment(environment, variables, { SLIPWAY_MODEL_DIR: modelFolder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" }) };
  }
}
