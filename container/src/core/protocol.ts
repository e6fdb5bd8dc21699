import type { ErrorCode, WireErrorCode } from "../../../contract/errors";
import type { Json } from "../../../contract/json";
import type { RuntimeName } from "../../../contract/runtimes";
import type { Execution } from "../backends/backend";
import type { S3Place } from "../backends/s3-reader";

/** What the inference worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeName;
  readonly version: string;
  readonly settings: { readonly [name: string]: Json };
  readonly modelDirectory: string;
  /** Of an image that is fetched, as of a body. Bytes. */
  readonly maxFileBytes: number;
  /** What computes the networks. */
  readonly execution: Execution;
  /** Where images are fetched from. */
  readonly s3: S3Place;
}

/**
 * To the worker: one batch at a time, and at last to stop. It stops by itself,
 * between two native calls, because a thread terminated inside one takes the
 * whole process with it.
 */
export type ToWorker<Request> = { readonly type: "infer"; readonly requests: readonly Request[] } | { readonly type: "stop" };

/** What the model has against one request, for its caller to mend; `path` says where. */
export interface Refusal {
  readonly code: WireErrorCode;
  readonly message: string;
  readonly path?: string;
}

export type FromWorker =
  | { readonly type: "ready"; readonly verifyMs: number; readonly loadMs: number }
  | { readonly type: "cannotStart"; readonly code: ErrorCode; readonly message: string }
  /** A line for the log, which belongs to the main thread. */
  | { readonly type: "log"; readonly line: { readonly event: string; readonly [field: string]: unknown } }
  /** To each request in its order. An answer is JSON text already, where it is JSON: a string crosses threads faster than an object. */
  | { readonly type: "answer"; readonly outcomes: readonly (string | Uint8Array | Refusal)[]; readonly inferenceMs: number }
  /** The model failed on the batch. */
  | { readonly type: "failure"; readonly message: string };
