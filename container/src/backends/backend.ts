/** A dense tensor of float32, row-major. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export type Tensors = { readonly [name: string]: Tensor };

/** A network, loaded. The seam between what a model means and what computes it. */
export interface Network {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Blocks its thread while it computes. */
  run(inputs: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

export interface NetworkOptions {
  /** Threads that compute one call. */
  readonly threads: number;
}
