import type { ResponseStream, SageMakerRuntimeClient, SageMakerRuntimeClientConfig } from "@aws-sdk/client-sagemaker-runtime";
import type { Accepted } from "./queue";
import { LINES_TYPE, type Call, type RawAnswer, type RawStream, type Transport } from "./transport";

export interface EndpointSettings {
  readonly region: string;
  /** Address of the SageMaker Runtime API; AWS's own where none is given. */
  readonly url?: string;
  /** The caller's own settings for the SDK: credentials, proxies, TLS. */
  readonly aws?: SageMakerRuntimeClientConfig;
}

export type AsyncInput = ({ readonly body: Uint8Array } | { readonly inputLocation: string }) & {
  readonly contentType: string;
  readonly timeoutSeconds: number;
  readonly requestTtlSeconds: number;
};

/** A version behind an endpoint that serves several, and what SageMaker knows it by. */
export interface Target {
  readonly version: string;
  readonly key: string;
}

/** What a local stack accepts in place of credentials, so that no AWS variable or profile is needed. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * The SageMaker Runtime of one region. The SDK is loaded at the first call: a
 * program that only reads outputs does not pay for it.
 */
export class SageMakerRuntime {
  #loaded: Promise<{ client: SageMakerRuntimeClient; sdk: typeof import("@aws-sdk/client-sagemaker-runtime") }> | undefined;

  constructor(private readonly settings: EndpointSettings) {}

  /** A SageMaker endpoint as a way to get an answer. @param target the version to ask, where several share it. */
  endpoint(name: string, target?: Target): Transport {
    const send: Transport["send"] = (call, signal) => this.#invoke(name, target, call, signal);
    // SageMaker's streaming call cannot name a model behind an endpoint of several.
    return target === undefined ? { target: name, send, stream: (call, signal) => this.#stream(name, call, signal) } : { target: name, send };
  }

  async #stream(endpoint: string, call: Call, signal: AbortSignal): Promise<RawStream> {
    const { client, sdk } = await (this.#loaded ??= this.#load());
    const input = { EndpointName: endpoint, Body: call.body, ContentType: "application/json", Accept: LINES_TYPE, TargetVariant: call.variant };
    const { Body, InvokedProductionVariant, $metadata } = await client.send(new sdk.InvokeEndpointWithResponseStreamCommand(input), { abortSignal: signal });
    return { pieces: payloadsOf(Body ?? []), variant: InvokedProductionVariant, requestId: $metadata.requestId };
  }

  async #invoke(endpoint: string, target: Target | undefined, call: Call, signal: AbortSignal): Promise<RawAnswer> {
    const { client, sdk } = await (this.#loaded ??= this.#load());
    const output = await client.send(
      new sdk.InvokeEndpointCommand({
        EndpointName: endpoint,
        Body: call.body,
        ContentType: "application/json",
        Accept: "application/json",
        TargetVariant: call.variant,
        TargetModel: target?.key,
      }),
      { abortSignal: signal },
    );
    return {
      body: output.Body ?? new Uint8Array(),
      variant: output.InvokedProductionVariant,
      ...(target === undefined ? {} : { target: target.version }),
      requestId: output.$metadata.requestId,
    };
  }

  /** Puts a request into the queue of an endpoint that has one. */
  async invokeAsync(endpoint: string, input: AsyncInput, signal: AbortSignal): Promise<Accepted> {
    const { client, sdk } = await (this.#loaded ??= this.#load());
    const { InferenceId, OutputLocation, FailureLocation, $metadata } = await client.send(
      new sdk.InvokeEndpointAsyncCommand({
        EndpointName: endpoint,
        ContentType: input.contentType,
        Accept: input.contentType,
        ...("body" in input ? { Body: input.body } : { InputLocation: input.inputLocation }),
        InvocationTimeoutSeconds: input.timeoutSeconds,
        RequestTTLSeconds: input.requestTtlSeconds,
      }),
      { abortSignal: signal },
    );
    return { inferenceId: InferenceId ?? "", outputLocation: OutputLocation ?? "", failureLocation: FailureLocation, requestId: $metadata.requestId };
  }

  async #load() {
    const sdk = await import("@aws-sdk/client-sagemaker-runtime");
    const { region, url, aws } = this.settings;
    const client = new sdk.SageMakerRuntimeClient({
      region,
      ...(url === undefined ? {} : { endpoint: url, credentials: LOCAL_CREDENTIALS }),
      ...aws,
      // Attempts are counted in one place, by the error table: see call.ts.
      maxAttempts: 1,
    });
    return { client, sdk };
  }
}

/** The payload of each event; the SDK throws what is none. */
async function* payloadsOf(events: AsyncIterable<ResponseStream> | Iterable<ResponseStream>): AsyncGenerator<Uint8Array> {
  for await (const { PayloadPart } of events) if (PayloadPart?.Bytes !== undefined) yield PayloadPart.Bytes;
}
