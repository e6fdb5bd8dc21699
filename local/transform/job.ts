import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerHost } from "../endpoints/fleet";
import { restartDelayMs } from "../processes/back-off";
import type { Container } from "../processes/container";
import { NoAnswer } from "../processes/exchange";
import { S3Error } from "../s3/errors";
import type { ObjectStore } from "../s3/store";
import { sendingDefaults, sendingParameters, type SendingParameters } from "./parameters";
import { objectsOf, outputOf } from "./places";
import { assemble, joinInput, payloads, split, TransformFailure, type Payload } from "./records";
import type { TransformRequest } from "./request";

export type TransformStatus = "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";

export interface JobHost {
  readonly containers: ContainerHost;
  readonly objects: ObjectStore;
  readonly now: () => number;
}

/** SageMaker cuts a failure reason at 1024 characters. */
const MAX_REASON = 1024;
const STARTUP_MS = 600_000;
const DEFAULTS = { timeoutSeconds: 600, retries: 3 };
/** Answers that a retry may better: the service's own, and a container that is busy. */
const worthRetrying = (status: number): boolean => status >= 500 || status === 429;

/**
 * One transform job: a container of its own, in which every object of the input
 * is answered; then it is gone. `settled` resolves when it is over.
 */
export class TransformJob {
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  modifiedAtMs: number;
  endedAtMs: number | undefined;
  failureReason: string | undefined;
  readonly settled: Promise<void>;

  private current: TransformStatus = "InProgress";
  private readonly stopping = new AbortController();
  private container: Container | undefined;

  constructor(
    readonly request: TransformRequest,
    private readonly host: JobHost,
  ) {
    this.createdAtMs = this.startedAtMs = this.modifiedAtMs = host.now();
    this.settled = this.run();
  }

  get name(): string {
    return this.request.TransformJobName;
  }

  get status(): TransformStatus {
    return this.current;
  }

  /** Takes no further record; the answers to objects that were finished stay. */
  stop(): void {
    if (this.current !== "InProgress") return;
    this.become("Stopping");
    this.stopping.abort();
    void this.container?.stop();
  }

  private async run(): Promise<void> {
    try {
      await this.transform();
      this.become(this.stopping.signal.aborted ? "Stopped" : "Completed");
    } catch (error) {
      if (this.stopping.signal.aborted) return this.become("Stopped");
      this.failureReason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON);
      this.become("Failed");
    } finally {
      this.endedAtMs = this.host.now();
      await this.container?.stop();
    }
  }

  private async transform(): Promise<void> {
    const { ModelName, TransformInput, TransformOutput } = this.request;
    const spec = await this.host.containers.prepare(ModelName);
    const objects = await objectsOf(this.host.objects, TransformInput.DataSource.S3DataSource).catch(unreadable);
    if (objects.length === 0) throw new TransformFailure(`ClientError: no object lies below ${TransformInput.DataSource.S3DataSource.S3Uri}`);
    this.container = this.host.containers.create({ ...spec, environment: { ...spec.environment, ...this.request.Environment, ...this.told() } }, { startupMs: STARTUP_MS });
    if (this.stopping.signal.aborted) return;
    await this.container.start().catch((error: Error) => Promise.reject(new TransformFailure(`AlgorithmError: ${error.message}`)));
    const sending = await sendingParameters(this.request, this.container);
    for (const { location, relative } of objects) {
      if (this.stopping.signal.aborted) return;
      const { body } = await this.host.objects.bytes(location).catch(unreadable);
      const answers = await this.answers(body, sending);
      if (this.stopping.signal.aborted) return;
      // Written whole or not at all: a reader never finds half an answer.
      await this.host.objects.put(outputOf(TransformOutput.S3OutputPath, relative), assemble(answers, TransformOutput.AssembleWith ?? "None"), { contentType: TransformOutput.Accept ?? "application/octet-stream" }).catch(unreadable);
    }
  }

  /** What SageMaker tells a container of its job: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html */
  private told(): { readonly [name: string]: string } {
    const { MaxPayloadInMB, MaxConcurrentTransforms, BatchStrategy } = { ...sendingDefaults, ...this.request };
    return {
      SAGEMAKER_BATCH: "true",
      SAGEMAKER_MAX_PAYLOAD_IN_MB: String(MaxPayloadInMB),
      SAGEMAKER_BATCH_STRATEGY: BatchStrategy === "MultiRecord" ? "MULTI_RECORD" : "SINGLE_RECORD",
      SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(MaxConcurrentTransforms),
    };
  }

  /** The answers to one object, in the order of its records, so many requests at once as the job says. */
  private async answers(object: Buffer, { BatchStrategy, MaxConcurrentTransforms, MaxPayloadInMB }: SendingParameters): Promise<Buffer[]> {
    const { TransformInput, DataProcessing } = this.request;
    const splitType = TransformInput.SplitType ?? "None";
    const asked = payloads(split(object, splitType), splitType === "None" ? "SingleRecord" : BatchStrategy, MaxPayloadInMB);
    const answers: Buffer[] = new Array<Buffer>(asked.length);
    const next = asked.entries();
    const work = async (): Promise<void> => {
      for (const [place, payload] of next) {
        if (this.stopping.signal.aborted) return;
        const answer = await this.ask(payload);
        answers[place] = DataProcessing?.JoinSource === "Input" ? joinInput(payload.records, answer) : answer;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, MaxConcurrentTransforms) }, work));
    return answers;
  }

  private async ask({ body }: Payload): Promise<Buffer> {
    const { ModelClientConfig = {}, TransformInput, TransformOutput } = this.request;
    const { InvocationsTimeoutInSeconds = DEFAULTS.timeoutSeconds, InvocationsMaxRetries = DEFAULTS.retries } = ModelClientConfig;
    const headers = { ...(TransformInput.ContentType === undefined ? {} : { "content-type": TransformInput.ContentType }), ...(TransformOutput.Accept === undefined ? {} : { accept: TransformOutput.Accept }) };
    for (let attempt = 0; ; attempt += 1) {
      let said: string;
      try {
        const response = await this.container!.invoke({ body, headers }, InvocationsTimeoutInSeconds * 1000);
        if (response.status >= 200 && response.status < 300) return response.body;
        said = `the container answered ${response.status}: ${response.body.toString("utf8").slice(0, 500)}`;
        if (!worthRetrying(response.status)) throw new TransformFailure(`ClientError: ${said}`);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        said = error.message;
      }
      const { signal } = this.stopping;
      if (signal.aborted || attempt >= InvocationsMaxRetries) throw new TransformFailure(`AlgorithmError: ${said}, ${attempt + 1} times`);
      await sleep(restartDelayMs(attempt + 1), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private become(status: TransformStatus): void {
    this.current = status;
    this.modifiedAtMs = this.host.now();
  }
}

/** What S3 has against a place is the caller's to mend. */
function unreadable(error: unknown): never {
  throw error instanceof S3Error ? new TransformFailure(`ClientError: ${error.code}: ${error.message}`) : error;
}
