import type { ErrorCode, WireErrorCode } from "../../../contract/errors";
import type { Json } from "../../../contract/json";
import type { RuntimeName } from "../../../contract/runtimes";
import type { S3Place } from "../backends/s3-reader";

/** What the inference worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeName;
  readonly version: string;
  readonly settings: { readonly [name: string]: Json };
  readonly modelDirectory: string;
  /** Of an image that is fetched, as of a body. Bytes. */
  readonly maxFileBytes: number;
  /** Where images are fetched from. */
  readonly s3: S3Place;
}

/**
 * To the worker: one request at a time, and at last to stop. It stops by itself,
 * between two native calls, because a thread terminated inside one takes the
 * whole process with it.
 */
export type ToWorker<Work> = { readonly type: "infer"; readonly request: Work } | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "ready"; readonly verifyMs: number; readonly loadMs: number }
  | { readonly type: "cannotStart"; readonly code: ErrorCode; readonly message: string }
  /** A line for the log, which belongs to the main thread. */
  | { readonly type: "log"; readonly line: { readonly event: string; readonly [field: string]: unknown } }
  /** The response is JSON text already: a string crosses threads faster than an object. */
  | { readonly type: "answer"; readonly response: string | Uint8Array; readonly inferenceMs: number }
  /** With a code it is the caller's to mend, and `path` says where; without, the model failed. */
  | { readonly type: "failure"; readonly code?: WireErrorCode; readonly message: string; readonly path?: string };
