import type { AsyncInferenceConfig } from "../control/store";
import { RuntimeError } from "../endpoints/invoke";
import { parseS3Uri } from "../s3/names";

/** `InvokeEndpointAsync` as it came in. */
export interface AsyncInvocation {
  readonly endpoint: string;
  /** Exactly one of the two. */
  readonly inputLocation?: string;
  readonly body: Buffer;
  readonly contentType?: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly inferenceId?: string;
  readonly requestTtlSeconds?: string;
  readonly invocationTimeoutSeconds?: string;
  readonly outputPathExtension?: string;
  readonly filename?: string;
}

/** A request in a queue: all that is needed to work on it after a restart. JSON-safe. */
export interface QueuedRequest {
  /** Names it in the queue and, unless the caller did, its answer in S3. */
  readonly id: string;
  readonly inferenceId: string;
  readonly acceptedAtMs: number;
  readonly inputLocation?: string;
  /** base64 of what came with the call itself. */
  readonly inlineBody?: string;
  readonly contentType: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly outputLocation: string;
  readonly failureLocation?: string;
  readonly requestTtlSeconds: number;
  readonly invocationTimeoutSeconds: number;
  /** How often an instance went away while it worked on this. */
  readonly attempts: number;
}

/**
 * Limits and defaults of the call.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
 */
const INLINE_BODY_BYTES = 128_000;
const TTL = { name: "RequestTTLSeconds", minimum: 60, maximum: 21_600, fallback: 21_600 };
const TIMEOUT = { name: "InvocationTimeoutSeconds", minimum: 1, maximum: 3600, fallback: 900 };

const validationError = (message: string): RuntimeError => new RuntimeError("ValidationError", 400, message);

/** What goes into the queue. Pure. @throws RuntimeError `ValidationError` for what the service refuses. */
export function queuedRequest(invocation: AsyncInvocation, config: AsyncInferenceConfig, id: string, nowMs: number): QueuedRequest {
  const { inputLocation, body, inferenceId = id, customAttributes, filename = `${id}.out`, outputPathExtension } = invocation;
  if ((inputLocation === undefined) === (body.length === 0)) throw validationError("Exactly one of InputLocation and Body must be given.");
  if (body.length > INLINE_BODY_BYTES) throw validationError(`Body must have at most ${INLINE_BODY_BYTES} bytes, and has ${body.length}: put it into S3 and give its InputLocation.`);
  if (inputLocation !== undefined && (parseS3Uri(inputLocation)?.key ?? "") === "") throw validationError(`InputLocation must be s3://bucket/key, and is ${JSON.stringify(inputLocation)}.`);
  if (inferenceId.length < 1 || inferenceId.length > 64) throw validationError("InferenceId must have 1 to 64 characters.");
  if (customAttributes !== undefined && customAttributes.length > 1024) throw validationError("CustomAttributes must have at most 1024 characters.");
  if (!/^[\w.!*'()-]{1,36}$/.test(filename) && invocation.filename !== undefined) throw validationError("Filename must have 1 to 32 characters that are safe in an S3 key.");
  if (outputPathExtension !== undefined && (outputPathExtension.length > 512 || outputPathExtension.split("/").includes(".."))) throw validationError("S3OutputPathExtension must have at most 512 characters and no way up.");
  const { S3OutputPath, S3FailurePath } = config.OutputConfig;
  const below = (path: string, file: string): string => [path, outputPathExtension ?? "", file].map((part) => part.replace(/^\/+|\/+$/g, "")).filter((part) => part !== "").join("/");
  return {
    id,
    inferenceId,
    acceptedAtMs: nowMs,
    ...(inputLocation === undefined ? { inlineBody: body.toString("base64") } : { inputLocation }),
    contentType: invocation.contentType ?? "application/octet-stream",
    ...(invocation.accept === undefined ? {} : { accept: invocation.accept }),
    ...(customAttributes === undefined ? {} : { customAttributes }),
    outputLocation: below(S3OutputPath, filename),
    ...(S3FailurePath === undefined ? {} : { failureLocation: below(S3FailurePath, `${filename.replace(/\.out$/, "")}-error.out`) }),
    requestTtlSeconds: secondsOf(invocation.requestTtlSeconds, TTL),
    invocationTimeoutSeconds: secondsOf(invocation.invocationTimeoutSeconds, TIMEOUT),
    attempts: 0,
  };
}

function secondsOf(text: string | undefined, { name, minimum, maximum, fallback }: typeof TTL): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) throw validationError(`${name} must be a whole number from ${minimum} to ${maximum}, and is ${JSON.stringify(text)}.`);
  return value;
}
