import fastify, { type FastifyInstance } from "fastify";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { StackOutputs } from "../../contract/outputs";
import { ArtifactStore } from "../artifacts/store";
import { TargetStore } from "../artifacts/targets";
import { ScheduledScaling } from "../scaling/scheduled";
import { Autoscaler, SCALING_TIMINGS, type ScalingTimings } from "../async/autoscaler";
import { Queues } from "../async/queues";
import { ControlContext } from "../control/context";
import { callOperation } from "../control/operations";
import { Environments } from "../beanstalk/environments";
import { Regions } from "../control/regions";
import { Store } from "../control/store";
import { CaptureLog } from "../endpoints/capture";
import { MetricsBook } from "../metrics/book";
import type { ContainerTimings } from "../processes/container";
import { ProcessHost, type ContainerImage } from "../processes/host";
import { ObjectStore } from "../s3/store";
import { systemClock, type Clock } from "../scheduler/clock";
import { Scheduler } from "../scheduler/scheduler";
import { SecretStore } from "../secrets/store";
import { TransformJobs } from "../transform/jobs";
import { controlPlane } from "./control-plane";
import { gallery, type GalleryModel } from "./gallery";
import { bucketHost, guard } from "./guard";
import { page } from "./page";
import { asyncRuntime, runtime, streamRuntime } from "./runtime";
import { s3 } from "./s3";
import { schedulerRoutes } from "./scheduler";

export interface SageMakerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The stack's own; a call may be signed for any other. */
  readonly region: string;
  readonly image: ContainerImage;
  /** Folder of `<model>/model.tar.gz`. */
  readonly artifacts: string;
  readonly environment: { readonly [name: string]: string | undefined };
  /** Folder that outlives this process, for buckets and queues; without it they are in a temporary one, gone at the end. */
  readonly data?: string;
  readonly timings?: Partial<Omit<ContainerTimings, "startupMs"> & { readonly maxStartupMs: number }>;
  /** How fast queues are scaled; on AWS it takes minutes. */
  readonly scaling?: Partial<ScalingTimings>;
  /** What schedules go by. Default: this machine's. */
  readonly clock?: Clock;
  /** Answers `GET /slipway/state`; without it there is no page. */
  readonly state?: (sagemaker: LocalSageMaker) => object;
  /** The models whose answers the page shows as pictures. */
  readonly models?: readonly GalleryModel[];
  /** Answers `GET /slipway/outputs`; undefined until the stack is up. */
  readonly outputs?: () => StackOutputs | undefined;
}

/** Larger bodies are not even read; the service's own, smaller limits are applied after reading. */
const READ_LIMIT_BYTES = 64 * 1024 * 1024;
const TIMINGS = { graceMs: 5_000, pingIntervalMs: 2_000, maxStartupMs: 60_000 };

/** The SageMaker of this machine: control plane, runtime and page on one loopback port. */
export class LocalSageMaker {
  readonly metrics = new MetricsBook();
  readonly regions: Regions;
  readonly host: ProcessHost;
  readonly secrets: SecretStore;
  /** The Elastic Beanstalk of this machine. */
  readonly environments: Environments;
  /** The queues before endpoints that are called asynchronously, and what scales behind them. */
  readonly queues: Queues;
  readonly autoscaler: Autoscaler;
  readonly scheduledScaling: ScheduledScaling;
  /** What starts jobs by the clock. */
  readonly scheduler: Scheduler;
  private readonly captures: CaptureLog;
  private readonly artifacts: ArtifactStore;
  private readonly targets: TargetStore;
  private readonly app: FastifyInstance;
  private closing: Promise<void> | undefined;

  private constructor(
    options: SageMakerOptions,
    /** The S3 of this machine, on the same port. */
    readonly objects: ObjectStore,
    private readonly scratch: string | undefined,
    data: string,
  ) {
    this.artifacts = new ArtifactStore(options.artifacts);
    this.targets = new TargetStore(objects, this.artifacts);
    this.host = new ProcessHost({
      image: options.image,
      artifacts: this.artifacts,
      targets: this.targets,
      environment: options.environment,
      timings: { ...TIMINGS, ...options.timings },
    });
    this.captures = new CaptureLog(objects);
    this.queues = new Queues(path.join(data, "queues"), { objects, metrics: this.metrics, now: Date.now });
    this.regions = new Regions(options.region, (region) => this.region(region));
    this.autoscaler = new Autoscaler(this.regions, this.queues, { ...SCALING_TIMINGS, ...options.scaling });
    this.scheduledScaling = new ScheduledScaling(this.regions, this.autoscaler);
    this.secrets = new SecretStore();
    this.environments = new Environments({ host: this.host, artifacts: this.artifacts, targets: this.targets, objects, secrets: this.secrets, environment: options.environment });
    this.scheduler = new Scheduler({ region: options.region, clock: options.clock ?? systemClock, call: (_arn, input, region) => callOperation(this.regions.in(region), "CreateTransformJob", input) });
    this.metrics.queueDepth = (queue) => this.scheduler.deadLetters.of(queue).length;
    this.app = this.routes(options);
  }

  /** Listens on 127.0.0.1. Rejects with the system's error where the port is taken (`EADDRINUSE`). */
  static async start(options: SageMakerOptions): Promise<LocalSageMaker> {
    const scratch = options.data === undefined ? await mkdtemp(path.join(tmpdir(), "slipway-data-")) : undefined;
    try {
      const objects = await ObjectStore.open(path.join(options.data ?? scratch!, "s3"));
      const sagemaker = new LocalSageMaker(options, objects, scratch, options.data ?? scratch!);
      await sagemaker.app.listen({ host: "127.0.0.1", port: options.port });
      return sagemaker;
    } catch (error) {
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
      throw error;
    }
  }

  get port(): number {
    return (this.app.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Takes no new request, lets those in flight finish, ends every container, removes what was unpacked. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  /** The control plane of the stack's own region. */
  get context(): ControlContext {
    return this.regions.in();
  }

  /** Jobs over whole files, in the stack's own region. */
  get transforms(): TransformJobs {
    return this.context.transforms!;
  }

  private region(name: string): ControlContext {
    const store = new Store();
    const containers = this.host.of(store.models);
    const context = new ControlContext(name, store, containers, this.metrics);
    context.captures = this.captures;
    context.queues = this.queues;
    context.transforms = new TransformJobs({ containers, objects: this.objects, now: context.now });
    context.isTakenElsewhere = (endpointName) => this.regions.get(endpointName) !== undefined;
    return context;
  }

  private async end(): Promise<void> {
    const closed = this.app.close();
    this.scheduler.close();
    this.autoscaler.stop();
    this.scheduledScaling.stop();
    this.queues.stop();
    await Promise.all(this.regions.endpoints.map((endpoint) => endpoint.close()));
    await Promise.all(this.regions.all.flatMap(({ transforms }) => transforms?.close() ?? []));
    await this.environments.close();
    await Promise.all(this.host.containers.map((container) => container.stop()));
    await closed;
    await Promise.all([this.artifacts.close(), this.targets.close(), this.captures.settled()]);
    if (this.scratch !== undefined) await rm(this.scratch, { recursive: true, force: true });
  }

  private routes({ state, outputs, models = [] }: SageMakerOptions): FastifyInstance {
    const app = fastify({
      bodyLimit: READ_LIMIT_BYTES,
      // A key takes up to 1024 bytes, each of which may be written as three.
      routerOptions: { maxParamLength: 4096 },
      rewriteUrl: ({ url = "/", headers }) => {
        const bucket = bucketHost(headers.host);
        return bucket === undefined ? url : `/${bucket}${url}`;
      },
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    guard(app);
    controlPlane(app, this.regions, this.secrets);
    runtime(app, this.regions, this.metrics);
    streamRuntime(app, this.regions, this.metrics);
    asyncRuntime(app, this.regions, this.queues);
    schedulerRoutes(app, this.scheduler, this.regions);
    s3(app, this.objects);
    app.get<{ Params: { name: string } }>("/slipway/logs/:name", (request, reply) => {
      const fleet = this.regions.get(request.params.name)?.fleet;
      if (!fleet) return reply.code(404).type("text/plain; charset=utf-8").send("There is no running endpoint of that name.\n");
      const lines = fleet.variants.flatMap(({ name, containers }) =>
        containers.flatMap(({ log }, index) => log.all().map((line) => `${name}/${index} ${line}`)),
      );
      return reply.type("text/plain; charset=utf-8").header("x-content-type-options", "nosniff").send(`${lines.join("\n")}\n`);
    });
    if (outputs) {
      app.get("/slipway/outputs", (_request, reply) => {
        const value = outputs();
        return value ? reply.send(value) : reply.code(503).header("retry-after", "1").send({ message: "The stack is still coming up." });
      });
    }
    if (state) {
      app.get("/slipway/state", (_request, reply) => reply.header("cache-control", "no-store").send(state(this)));
      gallery(app, this.artifacts, models);
      page(app);
    }
    return app;
  }
}
