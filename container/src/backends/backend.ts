/** A dense tensor, row-major. */
export interface Tensor<Data extends Float32Array | BigInt64Array = Float32Array> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** float32, or int64 for token ids. */
export type Inputs = { readonly [name: string]: Tensor | Tensor<BigInt64Array> };
export type Outputs = { readonly [name: string]: Tensor };

/** A network, loaded. The seam between what a model means and what computes it. */
export interface Network {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Blocks its thread while it computes. */
  run(inputs: Inputs): Promise<Outputs>;
  dispose(): Promise<void>;
}

export interface NetworkOptions {
  /** Threads that compute one call. */
  readonly threads: number;
}
