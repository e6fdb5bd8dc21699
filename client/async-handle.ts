import { callModel, type CallOptions } from "./call";
import type { Accepted, Queue } from "./queue";

/** A request that waits in a model's queue, or is answered already. */
export interface AsyncHandle<Response> {
  /** SageMaker's name for it: notifications carry it. */
  readonly inferenceId: string;
  /** `s3://…` where the answer appears, */
  readonly outputLocation: string;
  /** or what went wrong. */
  readonly failureLocation: string | undefined;
  /**
   * Waits for the answer. May be called again, and again later.
   *
   * @param options `timeoutMs`: default, until the request must have expired.
   * @throws SlipwayError and nothing else; `timed-out` leaves the request in the queue
   */
  result(options?: Pick<CallOptions, "timeoutMs" | "signal">): Promise<Response>;
}

/**
 * Puts a request into a queue, with the retries, the deadline and the errors of any other call.
 *
 * @param waitMs how long `result` waits where its caller does not say.
 */
export async function submit(queue: Queue, model: string, request: unknown, options: CallOptions, waitMs: number): Promise<AsyncHandle<unknown>> {
  const submission = { target: queue.target, send: async (call: Parameters<Queue["submit"]>[0], signal: AbortSignal) => ({ body: encoded(await queue.submit(call, signal)) }) };
  const { response } = await callModel(submission, model, request, options);
  const accepted = response as Accepted;
  const answer = { target: queue.target, send: (_call: unknown, signal: AbortSignal) => queue.wait(accepted, signal) };
  return Object.freeze({
    inferenceId: accepted.inferenceId,
    outputLocation: accepted.outputLocation,
    failureLocation: accepted.failureLocation,
    result: async (waiting: Pick<CallOptions, "timeoutMs" | "signal"> = {}) => (await callModel(answer, model, null, { timeoutMs: waitMs, ...waiting })).response,
  });
}

const encoded = (accepted: Accepted): Uint8Array => new TextEncoder().encode(JSON.stringify(accepted));
