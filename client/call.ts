import { ExponentialBackoff, handleWhen, retry, timeout, TimeoutStrategy, wrap } from "cockatiel";
import { SlipwayError, type ErrorContext } from "./error";
import { toSlipwayError } from "./from-aws";
import type { Call, RawAnswer, ServedBy, Transport } from "./transport";

/** How one call behaves; each field has a default. */
export interface CallOptions<Target extends string = string> {
  /** Calls this version of a model whose versions share an endpoint (`multiModel`). Default: the version that has the traffic. */
  readonly target?: Target;
  /** Calls this variant, whatever its weight; a variant is named like its version. Default: by weight. */
  readonly variant?: string;
  /**
   * Milliseconds for the whole call, retries and the pauses between them included; a fallback gets as long again. Default 70 000: SageMaker gives
   * a container 60 s, and advises 70 s to whoever waits for it
   * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html).
   */
  readonly timeoutMs?: number;
  /** Further attempts after the first, for errors that are `retryable` only. Default 2. */
  readonly retries?: number;
  /** Ends the call at once with the code `aborted`. */
  readonly signal?: AbortSignal;
}

/** An answer with what is known about how it came. */
export interface Answer<Response> {
  readonly response: Response;
  /** The variant that answered: what an A/B comparison groups by. */
  readonly variant?: string;
  /** The version that answered, where versions share an endpoint. */
  readonly target?: string;
  /** Of AWS, for support. */
  readonly requestId?: string;
  /** The model's endpoint, its environment, or its fallback because the endpoint did not answer. */
  readonly servedBy: ServedBy;
  /** 1 where the first attempt succeeded. */
  readonly attempts: number;
  /** From the call to the answer, attempts and pauses included. */
  readonly durationMs: number;
}

export const DEFAULT_TIMEOUT_MS = 70_000;
const DEFAULT_RETRIES = 2;
/** First and longest pause between attempts; in between it doubles, with jitter so that callers spread out. */
const BACKOFF_MS = { initialDelay: 100, maxDelay: 2_000 };
/** The longest time a timer takes: 2³¹ − 1. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/**
 * Sends a request until it is answered, is refused, or time is up.
 *
 * @throws SlipwayError and nothing else
 */
export async function callModel(transport: Transport, model: string, request: unknown, options: CallOptions): Promise<Answer<unknown>> {
  const { variant } = options;
  const context = contextOf(transport, model, options);
  const call: Call = { model, body: encode(request, context), ...(variant === undefined ? {} : { variant }) };
  const started = performance.now();
  const { result, attempts } = await attempted(options, context, async (signal) => {
    const raw = await transport.send(call, signal);
    return { raw, response: decode(raw, context) };
  });
  const { raw, response } = result;
  const { variant: answeredBy, target, requestId } = raw;
  return { response, variant: answeredBy, ...(target === undefined ? {} : { target }), servedBy: transport.servedBy ?? "endpoint", requestId, attempts, durationMs: performance.now() - started };
}

/** What is known of a call before it is sent. */
export function contextOf(transport: Pick<Transport, "target">, model: string, { variant }: CallOptions): ErrorContext {
  return { model, endpoint: transport.target, ...(variant === undefined ? {} : { variant }) };
}

/**
 * Tries until an attempt succeeds, is refused, or time is up.
 *
 * @throws SlipwayError and nothing else
 */
export async function attempted<Result>(options: CallOptions, context: ErrorContext, once: (signal: AbortSignal) => Promise<Result>): Promise<{ readonly result: Result; readonly attempts: number }> {
  const { signal: abort, timeoutMs = DEFAULT_TIMEOUT_MS, retries = DEFAULT_RETRIES } = options;
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new SlipwayError("option-invalid", `timeoutMs is ${timeoutMs}; it must be above 0 and at most ${LONGEST_TIMEOUT_MS}`, context);
  }
  if (!(Number.isInteger(retries) && retries >= 0)) {
    throw new SlipwayError("option-invalid", `retries is ${retries}; it must be a whole number from 0`, context);
  }
  throwIfAborted(abort, context);

  let attempts = 0;
  let last: SlipwayError | undefined;
  // The deadline's timer keeps the process alive, so the pauses need not: a call that has ended holds nothing.
  const again = retry(
    handleWhen((error) => error instanceof SlipwayError && error.retryable),
    { maxAttempts: retries, backoff: new ExponentialBackoff(BACKOFF_MS) },
  ).dangerouslyUnref();
  const policy = wrap(timeout(timeoutMs, TimeoutStrategy.Aggressive), again);

  try {
    const result = await policy.execute(async ({ signal }) => {
      attempts += 1;
      try {
        return await once(signal);
      } catch (error) {
        throw (last = toSlipwayError(error, context));
      }
    }, abort);
    return { result, attempts };
  } catch (error) {
    throwIfAborted(abort, context);
    if (error instanceof SlipwayError) throw error;
    // Only the deadline is left. What the attempts before it met says more than that time ran out.
    const after = last === undefined ? "" : `; the last attempt said: ${last.code}`;
    const message = `no answer within ${timeoutMs} ms (${attempts} ${attempts === 1 ? "attempt" : "attempts"}${after})`;
    throw new SlipwayError("timed-out", message, { ...context, cause: last ?? error });
  }
}

export function throwIfAborted(signal: AbortSignal | undefined, context: ErrorContext): void {
  if (signal?.aborted === true) throw new SlipwayError("aborted", "the caller aborted the call", { ...context, cause: signal.reason });
}

export function encode(request: unknown, context: ErrorContext): Uint8Array {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(request);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return new TextEncoder().encode(text);
  const why = cause instanceof Error ? cause.message : `${typeof request} has no JSON form`;
  throw new SlipwayError("request-unserialisable", `the request cannot be written as JSON: ${why}`, { ...context, cause });
}

function decode(raw: RawAnswer, context: ErrorContext): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw.body)) as unknown;
  } catch (error) {
    const why = raw.body.length === 0 ? "the answer is empty" : `the answer is not JSON: ${(error as Error).message}`;
    const { requestId } = raw;
    throw new SlipwayError("response-invalid", why, { ...context, cause: error, ...(requestId === undefined ? {} : { requestId }) });
  }
}
