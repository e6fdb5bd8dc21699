import { errorTable, isErrorCode, type ClientErrorCode, type WireErrorCode } from "../contract/errors";
import { SlipwayError, type ErrorContext } from "./error";

/**
 * Any failure of a call, as the one error. Pure and total: whatever the AWS SDK,
 * the network or a foreign container throws, a `SlipwayError` comes back.
 *
 * Names are those of the service model of SageMaker Runtime
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors)
 * and of AWS as a whole
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html).
 */
export function toSlipwayError(error: unknown, call: ErrorContext): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const seen = look(error);
  const context = { ...call, cause: error, ...(seen.requestId === undefined ? {} : { requestId: seen.requestId }) };
  const answered = (code: ClientErrorCode, status = seen.status): SlipwayError =>
    new SlipwayError(code, seen.message, status === undefined ? context : { ...context, status });

  if (seen.name === "ModelError") return fromContainer(seen, context);
  const named = byName.get(seen.name);
  if (named !== undefined) return answered(named);
  if (seen.name === "ValidationError" || seen.name === "ValidationException") return answered(refusal(seen.message));
  if (seen.networkCode !== undefined) return new SlipwayError("connection-failed", seen.message, context);
  if (seen.status === undefined) return new SlipwayError("unexpected", seen.message, context);
  return answered(byStatus(seen.status));
}

const byName: ReadonlyMap<string, ClientErrorCode> = new Map(Object.entries({
  ModelNotReadyException: "model-not-ready",
  // A serverless endpoint at its maximum concurrency answers ThrottlingException.
  RequestLimitExceeded: "throttled",
  ThrottledException: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  TooManyRequestsException: "throttled",
  InternalDependencyException: "service-failed",
  InternalFailure: "service-failed",
  InternalServerError: "service-failed",
  InternalStreamFailure: "service-failed",
  // In the middle of a stream: the container ended, or took too long.
  ModelStreamError: "model-failed",
  ServiceUnavailable: "service-failed",
  ServiceUnavailableException: "service-failed",
  AccessDenied: "access-denied",
  AccessDeniedException: "access-denied",
  NotAuthorized: "access-denied",
  OptInRequired: "access-denied",
  CredentialsProviderError: "credentials-missing",
  ExpiredToken: "credentials-missing",
  ExpiredTokenException: "credentials-missing",
  IncompleteSignature: "credentials-missing",
  InvalidClientTokenId: "credentials-missing",
  InvalidSignatureException: "credentials-missing",
  MissingAuthenticationToken: "credentials-missing",
  UnrecognizedClientException: "credentials-missing",
}));

const networkCodes: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
]);

function byStatus(status: number): ClientErrorCode {
  if (status === 403) return "access-denied";
  if (status === 413) return "body-too-large";
  if (status === 429) return "throttled";
  if (status >= 500) return "service-failed";
  // A 2xx or 3xx here is an answer that the SDK could not read.
  return status >= 400 ? "request-refused" : "response-invalid";
}

/** SageMaker says in words alone which of its refusals it means. */
function refusal(message: string): ClientErrorCode {
  if (/\bvariant\b/i.test(message)) return "unknown-variant";
  // TargetModel names an object that is not there: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
  if (/^failed to download model data\b/i.test(message)) return "unknown-target";
  return /\bendpoint\b.*\bnot found\b|could not find\b.*\bendpoint\b/i.test(message) ? "endpoint-not-found" : "request-refused";
}

/** The error that a Slipway container wrote, with its table's status; undefined for any other text. */
export function containerErrorOf(text: string | undefined, context: ErrorContext): SlipwayError | undefined {
  const wire = readWireError(text);
  if (wire === undefined) return undefined;
  const { code, message, path, requestId } = wire;
  return new SlipwayError(code, message, { ...context, ...(path === undefined ? {} : { path }), ...(requestId === undefined ? {} : { requestId }) });
}

/** What the container answered, which SageMaker wraps in a ModelError with the body as text. */
function fromContainer(seen: Seen, context: ErrorContext): SlipwayError {
  const status = seen.originalStatus ?? 500;
  const said = containerErrorOf(seen.originalMessage, { ...context, status });
  if (said !== undefined) return said;
  const code: ClientErrorCode = status === 429 ? "overloaded" : status < 500 ? "model-refused" : "model-failed";
  const text = seen.originalMessage?.trim();
  const words = text === undefined || text === "" ? seen.message : clip(text);
  return new SlipwayError(code, `the container answered ${status}: ${words}`, { ...context, status });
}

interface WireError {
  readonly code: WireErrorCode;
  readonly message: string;
  readonly path?: string;
  readonly requestId?: string;
}

/** The error body of a Slipway container, or undefined for anything else. */
function readWireError(text: string | undefined): WireError | undefined {
  if (text === undefined) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const error = (body as { error?: unknown } | null)?.error;
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, path, requestId } = error as { [key: string]: unknown };
  if (!isErrorCode(code) || !errorTable[code].where.some((where) => where === "container")) return undefined;
  return {
    code: code as WireErrorCode,
    message: typeof message === "string" && message !== "" ? message : errorTable[code].meaning,
    ...(typeof path === "string" ? { path } : {}),
    ...(typeof requestId === "string" ? { requestId } : {}),
  };
}

interface Seen {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
  readonly networkCode?: string;
  readonly requestId?: string;
  readonly originalStatus?: number;
  readonly originalMessage?: string;
}

/** The parts of a thrown value that matter, each read with suspicion. */
function look(error: unknown): Seen {
  if (typeof error !== "object" || error === null) return { name: "", message: words(String(error)) };
  const { name, message, code, $metadata, $response, OriginalStatusCode, OriginalMessage } = error as { [key: string]: unknown };
  const metadata = ($metadata ?? {}) as { httpStatusCode?: unknown; requestId?: unknown };
  const status = metadata.httpStatusCode ?? ($response as { statusCode?: unknown } | undefined)?.statusCode;
  const network = [code, name].find((candidate) => typeof candidate === "string" && networkCodes.has(candidate));
  return {
    name: typeof name === "string" ? name : "",
    message: words(message, code),
    ...(typeof status === "number" ? { status } : {}),
    ...(network === undefined ? {} : { networkCode: network as string }),
    ...(typeof metadata.requestId === "string" ? { requestId: metadata.requestId } : {}),
    ...(typeof OriginalStatusCode === "number" ? { originalStatus: OriginalStatusCode } : {}),
    ...(typeof OriginalMessage === "string" ? { originalMessage: OriginalMessage } : {}),
  };
}

/** The first that says anything. */
function words(...candidates: readonly unknown[]): string {
  const said = candidates.find((candidate) => typeof candidate === "string" && candidate.trim() !== "");
  return typeof said === "string" ? said : "no reason was given";
}

/** Characters of a foreign body that an error message quotes. */
const QUOTED_CHARACTERS = 500;
const clip = (text: string): string => (text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text);
