import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AsyncOutputs } from "../contract/outputs";
import { errorTable, isErrorCode } from "../contract/errors";
import type { SageMakerRuntime } from "./endpoint";
import type { Objects } from "./objects";
import type { Call, RawAnswer, Transport } from "./transport";

/** A request that was accepted, and where its answer will be. */
export interface Accepted {
  readonly inferenceId: string;
  /** `s3://…`: one of the two appears. */
  readonly outputLocation: string;
  readonly failureLocation: string | undefined;
  readonly requestId: string | undefined;
}

/** Bytes that travel with the call itself (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html). */
const INLINE_BYTES = 128_000;
/** First and longest pause between two looks; in between each is half as long again. */
const LOOK_MS = { first: 100, longest: 5_000, factor: 1.5 };

/** An endpoint with a queue: a request goes in, and its answer is looked for in S3. */
export class Queue implements Transport {
  constructor(
    private readonly runtime: SageMakerRuntime,
    private readonly objects: Objects,
    private readonly outputs: AsyncOutputs,
  ) {}

  get target(): string {
    return this.outputs.endpointName;
  }

  /** One request as it is called and waited for. */
  async send(call: Call, signal: AbortSignal): Promise<RawAnswer> {
    return this.wait(await this.submit(call, signal), signal);
  }

  /** Puts a request into the queue; one that is too large for the call itself goes through S3. */
  async submit({ body }: Call, signal: AbortSignal): Promise<Accepted> {
    const { endpointName, inputUri, invocation } = this.outputs;
    const input = { contentType: "application/json", ...invocation };
    if (body.length <= INLINE_BYTES) return this.runtime.invokeAsync(endpointName, { ...input, body }, signal);
    const inputLocation = `${inputUri}${randomUUID()}.json`;
    await this.objects.put(inputLocation, body, "application/json", signal);
    return this.runtime.invokeAsync(endpointName, { ...input, inputLocation }, signal);
  }

  /** Looks for answer and failure until one is there. Rejects with what a container's error would be, where it is the failure. */
  async wait({ outputLocation, failureLocation, requestId }: Accepted, signal: AbortSignal): Promise<RawAnswer> {
    for (let pauseMs = LOOK_MS.first; ; pauseMs = Math.min(LOOK_MS.longest, pauseMs * LOOK_MS.factor)) {
      const body = await this.objects.get(outputLocation, signal);
      if (body !== undefined) return { body, ...(requestId === undefined ? {} : { requestId }) };
      const failure = failureLocation === undefined ? undefined : await this.objects.get(failureLocation, signal);
      if (failure !== undefined) throw modelError(new TextDecoder().decode(failure), requestId);
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** A failure from S3 in the shape in which SageMaker hands on a container's error, so that both are read in one place. */
function modelError(text: string, requestId: string | undefined): Error {
  return Object.assign(new Error(text), {
    name: "ModelError",
    OriginalStatusCode: statusOf(text),
    OriginalMessage: text,
    $metadata: { requestId },
  });
}

/** The status that the container answered with: the table's, by the code in the body. */
function statusOf(text: string): number | undefined {
  try {
    const code = (JSON.parse(text) as { readonly error?: { readonly code?: unknown } }).error?.code;
    return isErrorCode(code) ? (errorTable[code].status ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
