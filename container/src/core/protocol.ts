import type { ErrorCode } from "../../../contract/errors";
import type { Json } from "../../../contract/json";
import type { RuntimeName } from "../../../contract/runtimes";

/** What the inference worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeName;
  readonly version: string;
  readonly settings: { readonly [name: string]: Json };
  readonly modelDirectory: string;
}

/**
 * To the worker: one request at a time, and at last to stop. It stops by itself,
 * between two native calls, because a thread terminated inside one takes the
 * whole process with it.
 */
export type ToWorker = { readonly type: "infer"; readonly request: Json } | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready"; readonly verifyMs: number; readonly loadMs: number }
  | { readonly type: "cannotStart"; readonly code: ErrorCode; readonly message: string }
  /** The response is JSON text already: a string crosses threads faster than an object. */
  | { readonly type: "answer"; readonly response: string; readonly inferenceMs: number }
  | { readonly type: "failure"; readonly message: string };
