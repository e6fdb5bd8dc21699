import type { IncomingHttpHeaders } from "node:http";
import { ACCOUNT_ID, logStreamArn } from "../account";
import type { ControlContext } from "../control/context";
import type { MetricsBook } from "../metrics/book";
import { locate } from "../artifacts/targets";
import type { Container } from "../processes/container";
import { NoAnswer, type ContainerRequest } from "../processes/exchange";
import { TargetMissing, type TargetAnswer } from "../processes/targets";
import type { Endpoint } from "./endpoint";
import type { Fleet } from "./fleet";
import type { Variant } from "./variant";

/** `InvokeEndpoint` as it came in. */
export interface Invocation {
  readonly endpoint: string;
  readonly requestId: string;
  readonly body: Buffer;
  readonly contentType?: string;
  readonly accept?: string;
  readonly targetVariant?: string;
  readonly targetModel?: string;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
}

export interface Answer {
  readonly body: Buffer;
  readonly contentType: string;
  readonly variant: string;
  readonly customAttributes?: string;
}

/** An answer of the runtime that is not the model's. `type` is undefined where the service names none. */
export class RuntimeError extends Error {
  constructor(
    readonly type: string | undefined,
    readonly httpStatus: number,
    message: string,
    readonly members: { readonly [name: string]: string | number } = {},
  ) {
    super(message);
  }
}

/** Bytes (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html). */
export const MAX_BODY_BYTES = 6_291_456;
/** Bytes (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-invoke.html). */
export const MAX_SERVERLESS_BODY_BYTES = 4 * 1024 * 1024;
/** A container must answer within 60 s (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html). */
export const INVOCATION_TIMEOUT_MS = 60_000;

const validationError = (message: string) => new RuntimeError("ValidationError", 400, message);

/** Chooses variant and instance, asks the container, and notes what it took. Throws `RuntimeError`. */
export async function invokeEndpoint(context: ControlContext, metrics: MetricsBook, invocation: Invocation): Promise<Answer> {
  const asked = choose(context, metrics, invocation);
  let delivered: Delivered;
  try {
    delivered = await deliver(asked.variant, invocation, (container, request) => handOver(container, invocation, request));
  } catch (error) {
    throw asked.unanswered(error);
  }
  const { response, loadingWaitMs } = delivered;
  asked.note(response.status, loadingWaitMs === undefined ? undefined : loadingWaitMs * 1000);
  if (response.status >= 400) throw asked.refused(response.status, response.body);
  asked.capture(response.headers, response.body);
  return { ...headOf(response.headers, asked.variant), body: response.body };
}

/** An invocation that found its variant, and what has to be noted of it. */
export interface Asked {
  readonly variant: Variant;
  /** Notes status and time; a wait for the model to be loaded is counted by itself. */
  note(status: number, waitedMicroseconds?: number): void;
  /** Keeps request and answer, where this one is among those that are kept. */
  capture(headers: IncomingHttpHeaders, body: Buffer): void;
  /** What the caller is told where the container gave no answer. */
  unanswered(error: unknown): unknown;
  refused(status: number, body: Buffer): RuntimeError;
}

/** @throws RuntimeError where nobody may answer. */
export function choose(context: ControlContext, metrics: MetricsBook, invocation: Invocation): Asked {
  checkHeaders(invocation);
  const { endpoint, fleet } = serving(context, invocation);
  const variant = chooseVariant(fleet, invocation);
  checkBody(variant, invocation);
  checkTarget(variant, invocation);
  if (variant.saturated) {
    throw new RuntimeError("ThrottlingException", 429, `Rate exceeded: ${variant.desired.serverless!.MaxConcurrency} requests are being answered, which is the MaxConcurrency of ${endpoint.name}.`);
  }

  const shadow = fleet.mirror();
  if (shadow !== undefined) void mirror(context, metrics, { endpoint: endpoint.name, config: fleet.configName, shadow, invocation });
  const kept = fleet.sample();

  const startedAt = context.now();
  const started = process.hrtime.bigint();
  const note = (status: number, waited?: number): void => {
    const latencyMicroseconds = Number(process.hrtime.bigint() - started) / 1000 - (waited ?? 0);
    metrics.record(endpoint.name, variant.name, { atMs: startedAt, latencyMicroseconds, status, ...(waited === undefined ? {} : { loadingWaitMicroseconds: waited }) }, fleet.configName);
  };
  return {
    variant,
    note,
    capture: (headers, body) => {
      if (kept === undefined) return;
      const { body: input, contentType, inferenceId } = invocation;
      context.captures?.keep(kept, { endpoint: endpoint.name, variant: variant.name, atMs: startedAt, inferenceId, input: { contentType, body: input }, output: { contentType: contentTypeOf(headers), body } });
    },
    unanswered: (error) => {
      if (!(error instanceof NoAnswer)) return error;
      note(0);
      return modelError(context, endpoint, 0, noAnswerMessage(error));
    },
    refused: (status, body) => modelError(context, endpoint, status, body.toString("utf8")),
  };
}

/** What of a container's answer goes on to the caller beside the body. */
export function headOf(headers: IncomingHttpHeaders, variant: Variant): Omit<Answer, "body"> {
  const attributes = headers["x-amzn-sagemaker-custom-attributes"];
  return { contentType: contentTypeOf(headers), variant: variant.name, ...(typeof attributes === "string" ? { customAttributes: attributes } : {}) };
}

const contentTypeOf = (headers: IncomingHttpHeaders): string => headers["content-type"] ?? "application/octet-stream";

interface Copy {
  readonly endpoint: string;
  readonly config: string;
  readonly shadow: Variant;
  readonly invocation: Invocation;
}

/** Sends a copy whose answer nobody waits for or sees; only the shadow's own metrics tell of it. */
async function mirror(context: ControlContext, metrics: MetricsBook, { endpoint, config, shadow, invocation }: Copy): Promise<void> {
  const atMs = context.now();
  const started = process.hrtime.bigint();
  const status = await deliver(shadow, invocation, (container, request) => handOver(container, invocation, request)).then(({ response }) => response.status, () => 0);
  metrics.record(endpoint, shadow.name, { atMs, latencyMicroseconds: Number(process.hrtime.bigint() - started) / 1000, status }, config);
}

/** An answer, and behind a multi-model endpoint how long its model was waited for; 0 where it was loaded. */
type Delivered = Pick<TargetAnswer, "response" | "loadingWaitMs">;

async function handOver(container: Container, { targetModel }: Invocation, request: ContainerRequest): Promise<Delivered> {
  if (container.targets === undefined || targetModel === undefined) return { response: await container.invoke(request, INVOCATION_TIMEOUT_MS), loadingWaitMs: undefined };
  try {
    const { response, loadingWaitMs = 0 } = await container.targets.invoke(targetModel, request, INVOCATION_TIMEOUT_MS);
    return { response, loadingWaitMs };
  } catch (error) {
    if (!(error instanceof TargetMissing)) throw error;
    const { bucket, key } = locate(container.targets.prefixUri, targetModel);
    throw validationError(
      `Failed to download model data(bucket: ${bucket}, key: ${key}). Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the model.`,
    );
  }
}

/** Asks the least busy instance; where it turns out not to be there, the next one. An instance that took the request is never passed over. */
export async function deliver<Given>(variant: Variant, invocation: Invocation, give: (container: Container, request: ContainerRequest) => Promise<Given>): Promise<Given> {
  for (;;) {
    const container = variant.leastBusy();
    if (!container) throw new RuntimeError("ServiceUnavailable", 503, `No instance of variant ${variant.name} is healthy; it is being restarted.`);
    try {
      return await give(container, { body: invocation.body, headers: containerHeaders(invocation) });
    } catch (error) {
      if (!(error instanceof NoAnswer && error.reason === "undelivered")) throw error;
    }
  }
}

function serving(context: ControlContext, { endpoint: name, targetVariant }: Invocation): { readonly endpoint: Endpoint; readonly fleet: Fleet } {
  const endpoint = context.endpoints.get(name);
  const notFound = () => validationError(`Endpoint ${name} of account ${ACCOUNT_ID} not found.`);
  if (!endpoint || endpoint.status === "Deleting") throw notFound();
  if (endpoint.config.AsyncInferenceConfig !== undefined) throw validationError(`Endpoint ${name} has an AsyncInferenceConfig and takes asynchronous invocations only: call it with InvokeEndpointAsync.`);
  const fleet = endpoint.route(targetVariant);
  if (fleet) return { endpoint, fleet };
  if (endpoint.status === "Creating" || endpoint.status === "Updating") {
    throw new RuntimeError("ModelNotReadyException", 429, `Endpoint ${name} is ${endpoint.status}: its containers are loading. Wait and try again.`);
  }
  throw new RuntimeError("ServiceUnavailable", 503, `Endpoint ${name} is ${endpoint.status}: ${endpoint.failureReason ?? "it has no instances"}`);
}

function chooseVariant(fleet: Fleet, { targetVariant, endpoint }: Invocation): Variant {
  if (targetVariant !== undefined) {
    const variant = fleet.variant(targetVariant);
    if (!variant) throw validationError(`Variant ${targetVariant} of endpoint ${endpoint} not found.`);
    return variant;
  }
  const variant = fleet.next();
  if (!variant) throw new RuntimeError("ServiceUnavailable", 503, `No instance of endpoint ${endpoint} is healthy; they are being restarted.`);
  return variant;
}

/** TargetModel names a model where there are several, and nowhere else. The words are this machine's. */
function checkTarget(variant: Variant, { targetModel, endpoint }: Invocation): void {
  const several = variant.containers.some(({ targets }) => targets !== undefined);
  if (several && targetModel === undefined) throw validationError(`Endpoint ${endpoint} is a multi-model endpoint: TargetModel is required.`);
  if (!several && targetModel !== undefined) throw validationError(`Endpoint ${endpoint} is not a multi-model endpoint: TargetModel is not allowed.`);
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
  if (targetModel !== undefined && !/^\S[\S ]{0,1023}$/.test(targetModel)) throw validationError("TargetModel must have 1 to 1024 characters and begin with none that is a space.");
}

function checkHeaders({ inferenceId, customAttributes }: Invocation): void {
  if (inferenceId !== undefined && (inferenceId.length === 0 || inferenceId.length > 64)) throw validationError("InferenceId must have 1 to 64 characters.");
  if (customAttributes !== undefined && customAttributes.length > 1024) throw validationError("CustomAttributes must have at most 1024 characters.");
}

function checkBody(variant: Variant, { body, requestId }: Invocation): void {
  if (variant.desired.serverless && body.length > MAX_SERVERLESS_BODY_BYTES) throw validationError(`Request ${requestId} has oversize body.`);
  // The service names no exception here: the SDKs show the bare status.
  if (body.length > MAX_BODY_BYTES) throw new RuntimeError(undefined, 413, `HTTP content length exceeded ${MAX_BODY_BYTES} bytes.`);
}

/** SageMaker hands on these and drops every other header of the caller. */
function containerHeaders({ contentType, accept, inferenceId, customAttributes, requestId }: Invocation): { [name: string]: string } {
  return {
    "content-type": contentType ?? "application/octet-stream",
    ...(accept === undefined ? {} : { accept }),
    ...(inferenceId === undefined ? {} : { "x-amzn-sagemaker-inference-id": inferenceId }),
    ...(customAttributes === undefined ? {} : { "x-amzn-sagemaker-custom-attributes": customAttributes }),
    "x-amzn-requestid": requestId,
  };
}

export function noAnswerMessage({ reason, message }: NoAnswer): string {
  if (reason === "timeout") {
    return "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container, resolve the issue, and try again.";
  }
  return `The container closed the connection before it answered (${message}).`;
}

function modelError(context: ControlContext, endpoint: Endpoint, status: number, original: string): RuntimeError {
  const side = status >= 400 && status < 500 ? "client" : "server";
  const message = `Received ${side} error (${status}) from primary with message "${original}". See /slipway/logs/${endpoint.name} on this machine for more information.`;
  return new RuntimeError("ModelError", 424, message, {
    OriginalStatusCode: status,
    OriginalMessage: original,
    LogStreamArn: logStreamArn(context.region, endpoint.name),
  });
}
