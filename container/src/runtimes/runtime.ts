import type { Json } from "../../../contract/json";
import type { Network, NetworkOptions } from "../backends/backend";
import type { VectorIndex } from "../backends/vector-index";
import type { RequestError } from "../failure";

/** What a runtime is given to build a model from. */
export interface RuntimeContext {
  readonly version: string;
  readonly settings: { readonly [name: string]: Json };
  /** The verified bytes of the artifact's file for a role. */
  take(role: string): Uint8Array;
  loadOnnx(file: Uint8Array, options: NetworkOptions): Promise<Network>;
  /** Opens the vector index that plays a role, read from disk straight into its place: it may be larger than all else. */
  openIndex(role: string, options: IndexOptions): Promise<VectorIndex>;
  /** The bytes of an object in S3, read with the container's own role. @throws RequestError under `path`. */
  fetchObject(uri: string, path: string): Promise<Uint8Array>;
  /** Milliseconds since 1970; the wall clock outside tests. */
  now(): number;
}

export interface IndexOptions {
  /** Threads that search. */
  readonly threads: number;
  /** nprobe of an IVF, efSearch of an HNSW; what the file says where undefined. */
  readonly searchWidth?: number;
}

/** One kind of model: what `/invocations` means for it. */
export interface Runtime {
  /** @throws Error that names the file or setting that does not fit. */
  load(context: RuntimeContext): Promise<Model>;
}

/** One request. */
export interface ModelRequest {
  /** What satisfies the contract. Of the field that a file came in place of, the text means nothing. */
  readonly value: Json;
  /** The file itself, where it came as bytes and not as base64 in a field of the contract. */
  readonly file?: Uint8Array;
  /** JSON Pointer of this request in what the caller sent: "", or `/instances/2` of several. */
  readonly path: string;
  /** The media type to answer in: `application/json`, or one of the runtime's wire. */
  readonly accept: string;
}

export interface Model {
  /**
   * Answers requests of one kind that satisfy the contract, computed together: `together.ts` is there for it.
   *
   * @throws Error where the model fails; each request is then asked alone.
   */
  infer(requests: readonly ModelRequest[]): Promise<Inference>;
  /** Ends what runs outside this thread. */
  close?(): Promise<void>;
}

export interface Inference {
  /** To each request in its order: its answer; or what is wrong with it that shows only when it is looked at, with its path. */
  readonly outcomes: readonly Outcome[];
  /** Time inside the network. */
  readonly inferenceMs: number;
}

/** JSON, or bytes where another type was asked for. */
export type Outcome = Json | Uint8Array | RequestError;
