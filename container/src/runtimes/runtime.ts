import type { Json } from "../../../contract/json";
import type { Network, NetworkOptions } from "../backends/backend";

/** What a runtime is given to build a model from. */
export interface RuntimeContext {
  readonly version: string;
  readonly settings: { readonly [name: string]: Json };
  /** The verified bytes of the artifact's file for a role. */
  take(role: string): Uint8Array;
  loadOnnx(file: Uint8Array, options: NetworkOptions): Promise<Network>;
  /** Milliseconds since 1970; the wall clock outside tests. */
  now(): number;
}

/** One kind of model: what `/invocations` means for it. */
export interface Runtime {
  /** @throws Error that names the file or setting that does not fit. */
  load(context: RuntimeContext): Promise<Model>;
}

export interface Model {
  /** Answers one request that satisfies the contract. */
  infer(request: Json): Promise<Inference>;
}

export interface Inference {
  readonly response: Json;
  /** Time inside the network. */
  readonly inferenceMs: number;
}
