import { attempted, contextOf, DEFAULT_TIMEOUT_MS, encode, throwIfAborted, type CallOptions } from "./call";
import { SlipwayError, type ErrorContext } from "./error";
import { containerErrorOf, toSlipwayError } from "./from-aws";
import { linesOf } from "./lines";
import type { Call, RawStream, ServedBy, Transport } from "./transport";

/** The answer to one request of a stream, or what is wrong with that request alone. */
export type Streamed<Response> = StreamedAbout & ({ readonly response: Response; readonly error?: undefined } | { readonly response?: undefined; readonly error: SlipwayError });

interface StreamedAbout {
  /** Place of the request among those that were sent, from 0. */
  readonly index: number;
  readonly variant?: string;
  readonly servedBy: ServedBy;
}

/** An answer whose beginning is here, and how to let go of it. */
export interface OpenStream {
  readonly raw: RawStream;
  readonly context: ErrorContext;
  readonly servedBy: ServedBy;
  readonly stop: AbortController;
}

/** Sends the requests until an answer begins, is refused, or time is up. @throws SlipwayError */
export async function openStream(transport: Transport, model: string, requests: readonly unknown[], options: CallOptions): Promise<OpenStream> {
  const { variant } = options;
  const context = contextOf(transport, model, options);
  const { stream } = transport;
  if (stream === undefined) throw new SlipwayError("not-streamed", "the way in which it is served answers whole alone", context);
  const call: Call = { model, body: encode({ instances: requests }, context), ...(variant === undefined ? {} : { variant }) };
  const { result } = await attempted(options, context, async (signal) => {
    // The attempt's signal ends with the attempt, and the stream goes on.
    const stop = new AbortController();
    const forward = (): void => stop.abort(signal.reason);
    signal.addEventListener("abort", forward, { once: true });
    const raw = await stream(call, stop.signal);
    signal.removeEventListener("abort", forward);
    return { raw, stop };
  });
  return { ...result, context, servedBy: transport.servedBy ?? "endpoint" };
}

/**
 * The answers of a stream as they come, one for each request in their order. Whoever stops reading hangs up.
 *
 * @param startedAt when the call began: its time limit counts from there. `performance.now()`.
 * @throws SlipwayError and nothing else, where the stream itself ends early.
 */
export async function* readStream({ raw, context, servedBy, stop }: OpenStream, count: number, { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: CallOptions, startedAt: number): AsyncGenerator<Streamed<unknown>> {
  let timedOut = false;
  const abort = (): void => stop.abort(signal?.reason);
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, Math.max(0, startedAt + timeoutMs - performance.now()));
  signal?.addEventListener("abort", abort, { once: true });
  const about = { ...(raw.variant === undefined ? {} : { variant: raw.variant }), servedBy };
  let index = 0;
  try {
    throwIfAborted(signal, context);
    for await (const line of linesOf(raw.pieces)) {
      yield { index, ...about, ...outcomeOf(line, context) };
      index += 1;
    }
    if (index !== count) throw new SlipwayError("response-invalid", `the stream ended after ${index} of ${count} answers`, context);
  } catch (error) {
    throwIfAborted(signal, context);
    if (timedOut) throw new SlipwayError("timed-out", `${index} of ${count} answers came within ${timeoutMs} ms`, { ...context, cause: error });
    if (error instanceof TypeError) throw new SlipwayError("response-invalid", `the answer is not text in UTF-8: ${error.message}`, { ...context, cause: error });
    throw toSlipwayError(error, context);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    stop.abort();
  }
}

function outcomeOf(line: string, context: ErrorContext): { readonly response: unknown; readonly error?: undefined } | { readonly response?: undefined; readonly error: SlipwayError } {
  const error = containerErrorOf(line, context);
  if (error !== undefined) return { error };
  try {
    return { response: JSON.parse(line) as unknown };
  } catch (cause) {
    throw new SlipwayError("response-invalid", `a line of the answer is not JSON: ${(cause as Error).message}`, { ...context, cause });
  }
}
