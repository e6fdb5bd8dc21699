import type { AsyncInferenceConfig } from "../control/store";
import type { Endpoint } from "../endpoints/endpoint";
import type { MetricsBook } from "../metrics/book";
import type { Container } from "../processes/container";
import { NoAnswer, type ContainerResponse } from "../processes/exchange";
import { S3Error } from "../s3/errors";
import { parseS3Uri } from "../s3/names";
import type { ObjectStore } from "../s3/store";
import { DiskQueue } from "./disk-queue";
import { notificationOf, type Notification } from "./notification";
import { queuedRequest, type AsyncInvocation, type QueuedRequest } from "./request";

export interface WorkerHost {
  readonly objects: ObjectStore;
  readonly metrics: MetricsBook;
  readonly now: () => number;
}

/** What the page shows of a queue. */
export interface QueueView {
  readonly waiting: number;
  readonly inFlight: number;
  /** Null where nothing waits. */
  readonly oldestSeconds: number | null;
  readonly completed: number;
  readonly failed: number;
  readonly expired: number;
  readonly notifications: readonly Notification[];
}

/** Where the config does not say, SageMaker chooses; this is what this machine chooses. */
const DEFAULT_CONCURRENCY = 4;
/** A request that takes three instances down with it is the request's own fault. */
const MAX_ATTEMPTS = 3;
const KEPT_NOTIFICATIONS = 50;
/** How often it is looked whether something expired, or an instance has come up. */
const TICK_MS = 100;
const TROUBLE_MS = 1_000;
/** A container that is full or on its way out says so at once; it is asked again after this. */
const BUSY_MS = 200;

interface Placed {
  readonly container: Container;
  readonly variant: string;
}

/** Works on the queue of one endpoint: as many requests at once as its instances take, results to S3. */
export class QueueWorker {
  private readonly queue: DiskQueue;
  private readonly working = new Map<string, Placed>();
  private readonly restUntilMs = new Map<Container, number>();
  /** Requests that this machine failed at, a full disk say: they are tried again after a while. */
  private readonly laterMs = new Map<string, number>();
  private readonly notifications: Notification[] = [];
  private readonly counts = { completed: 0, failed: 0, expired: 0 };
  private readonly timer: NodeJS.Timeout;
  private stopped = false;

  constructor(
    readonly endpoint: Endpoint,
    folder: string,
    private readonly host: WorkerHost,
  ) {
    this.queue = new DiskQueue(folder);
    this.timer = setInterval(() => this.pump(), TICK_MS).unref();
  }

  /** What waits and what is being worked on: CloudWatch's ApproximateBacklogSize. */
  get backlog(): number {
    return this.queue.length;
  }

  view(): QueueView {
    const waiting = this.waiting();
    const [first] = waiting;
    return {
      waiting: waiting.length,
      inFlight: this.working.size,
      oldestSeconds: first === undefined ? null : (this.host.now() - first.acceptedAtMs) / 1000,
      ...this.counts,
      notifications: this.notifications,
    };
  }

  /** Accepts a request; when this resolves it is on the disk. @throws RuntimeError for what the service refuses. */
  async accept(invocation: AsyncInvocation, id: string): Promise<QueuedRequest> {
    const request = queuedRequest(invocation, this.config, id, this.host.now());
    await this.queue.write(request);
    this.pump();
    return request;
  }

  /** Takes no more from the queue. What is on the disk stays there. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  /** The endpoint is gone, and its queue with it. */
  discard(): void {
    this.stop();
    this.queue.clear();
  }

  private get config(): AsyncInferenceConfig {
    return this.endpoint.config.AsyncInferenceConfig!;
  }

  private waiting(): QueuedRequest[] {
    return this.queue.all().filter(({ id }) => !this.working.has(id) && (this.laterMs.get(id) ?? 0) <= this.host.now());
  }

  private pump(): void {
    if (this.stopped) return;
    for (const request of this.waiting()) {
      if (this.host.now() - request.acceptedAtMs > request.requestTtlSeconds * 1000) {
        this.track(request, undefined, this.expire(request));
        continue;
      }
      const free = this.freeInstance();
      if (free !== undefined) this.track(request, free, this.work(request, free));
    }
  }

  private track(request: QueuedRequest, placed: Placed | undefined, done: Promise<void>): void {
    this.working.set(request.id, placed ?? nowhere);
    void done.then(
      () => this.laterMs.delete(request.id),
      () => this.laterMs.set(request.id, this.host.now() + TROUBLE_MS),
    ).then(() => {
      this.working.delete(request.id);
      this.pump();
    });
  }

  /** The healthy instance with the fewest requests of those that have room; a variant without weight has none. */
  private freeInstance(): Placed | undefined {
    const room = this.config.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? DEFAULT_CONCURRENCY;
    const busy = (container: Container): number => [...this.working.values()].filter((placed) => placed.container === container).length;
    const free = (this.endpoint.fleet?.variants ?? [])
      .filter(({ weight }) => weight > 0)
      .flatMap(({ name, containers }) => containers.map((container) => ({ container, variant: name, busy: busy(container) })))
      .filter(({ container, busy: count }) => container.healthy && count < room && (this.restUntilMs.get(container) ?? 0) <= this.host.now());
    return free.reduce<(typeof free)[number] | undefined>((best, one) => (best === undefined || one.busy < best.busy ? one : best), undefined);
  }

  private async work(request: QueuedRequest, { container, variant }: Placed): Promise<void> {
    const input = await this.inputOf(request);
    if (typeof input === "string") return this.fail(request, input);
    const started = process.hrtime.bigint();
    const note = (status: number): void =>
      this.host.metrics.record(this.endpoint.name, variant, { atMs: this.host.now(), latencyMicroseconds: Number(process.hrtime.bigint() - started) / 1000, status });
    let response: ContainerResponse;
    try {
      response = await container.invoke({ body: input, headers: headersOf(request) }, request.invocationTimeoutSeconds * 1000);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.reason === "timeout") {
        note(0);
        return this.fail(request, `The model did not answer within InvocationTimeoutSeconds, which is ${request.invocationTimeoutSeconds}.`);
      }
      return this.again(request, error);
    }
    if (response.status === 503 || response.status === 429) return void this.restUntilMs.set(container, this.host.now() + BUSY_MS);
    note(response.status);
    if (response.status >= 400) return this.fail(request, `Received error (${response.status}) from primary with message "${response.body.toString("utf8")}".`, response);
    await this.finish(request, { contentType: response.headers["content-type"], location: request.outputLocation, body: response.body });
  }

  /** Its bytes, or why they cannot be had. */
  private async inputOf({ inlineBody, inputLocation }: QueuedRequest): Promise<Buffer | string> {
    if (inlineBody !== undefined) return Buffer.from(inlineBody, "base64");
    try {
      return (await this.host.objects.bytes(parseS3Uri(inputLocation!)!)).body;
    } catch (error) {
      if (error instanceof S3Error) return `Error downloading s3 payload object ${inputLocation}: ${error.message}`;
      throw error;
    }
  }

  /** The instance went away. The request keeps its place; unless it was never delivered, that counts. */
  private async again(request: QueuedRequest, { reason }: NoAnswer): Promise<void> {
    if (this.stopped) return;
    const attempts = request.attempts + (reason === "undelivered" ? 0 : 1);
    if (attempts >= MAX_ATTEMPTS) return this.fail(request, `The container ended ${attempts} times while it worked on the request.`);
    await this.queue.write({ ...request, attempts });
  }

  private async expire(request: QueuedRequest): Promise<void> {
    this.counts.expired += 1;
    await this.finish(request, failureOf(request, `The request waited longer than RequestTTLSeconds, which is ${request.requestTtlSeconds}.`));
  }

  private fail(request: QueuedRequest, reason: string, response?: ContainerResponse): Promise<void> {
    return this.finish(request, failureOf(request, reason, response));
  }

  /** Result first, then the message, and only then is the request forgotten. */
  private async finish(request: QueuedRequest, outcome: Parameters<typeof notificationOf>[3]): Promise<void> {
    const failed = outcome.failureReason !== undefined;
    const location = parseS3Uri(outcome.location);
    try {
      if (location !== undefined) await this.host.objects.put(location, outcome.body, { contentType: outcome.contentType });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      // A bucket that is not there stays away: the message alone tells of it.
    }
    const { NotificationConfig: topics } = this.config.OutputConfig;
    const topic = failed ? topics?.ErrorTopic : topics?.SuccessTopic;
    const include = topics?.IncludeInferenceResponseIn?.includes(failed ? "ERROR_NOTIFICATION_TOPIC" : "SUCCESS_NOTIFICATION_TOPIC") ?? false;
    if (topic !== undefined) {
      this.notifications.push(notificationOf(this.endpoint.name, topic, request, outcome, include, this.host.now()));
      this.notifications.splice(0, this.notifications.length - KEPT_NOTIFICATIONS);
    }
    this.counts[failed ? "failed" : "completed"] += 1;
    await this.queue.remove(request.id);
  }
}

/** Where a request is that no instance works on: it is being given up. */
const nowhere = { variant: "" } as Placed;

function failureOf(request: QueuedRequest, failureReason: string, response?: ContainerResponse): Parameters<typeof notificationOf>[3] {
  return {
    failureReason,
    contentType: response?.headers["content-type"] ?? "text/plain",
    // Without a place for failures the service writes them beside the answers.
    location: request.failureLocation ?? request.outputLocation,
    body: response?.body ?? Buffer.from(failureReason),
  };
}

function headersOf({ id, contentType, accept, customAttributes, inferenceId }: QueuedRequest): { [name: string]: string } {
  return {
    "content-type": contentType,
    ...(accept === undefined ? {} : { accept }),
    ...(customAttributes === undefined ? {} : { "x-amzn-sagemaker-custom-attributes": customAttributes }),
    "x-amzn-sagemaker-inference-id": inferenceId,
    "x-amzn-requestid": id,
  };
}
