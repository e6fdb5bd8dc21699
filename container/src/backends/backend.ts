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

/** What computes a network: onnxruntime's name of the execution provider. */
export type Execution = "cpu" | "cuda";

export interface NetworkOptions {
  /** Threads that compute one call. */
  readonly threads: number;
  /** What should compute it; the processor does where a GPU cannot. Default `cpu`. */
  readonly execution?: Execution;
  /** Told which of the two it is, where a GPU was asked for. */
  readonly log?: (line: { readonly event: string; readonly [field: string]: unknown }) => void;
}

/** What a GPU image sets for the networks that it loads. */
export const EXECUTION_VARIABLE = "SLIPWAY_EXECUTION";

/** @throws Error for anything but `cpu`, `cuda` and nothing. */
export function executionOf({ [EXECUTION_VARIABLE]: written = "cpu" }: NodeJS.ProcessEnv): Execution {
  if (written === "cpu" || written === "cuda") return written;
  throw new Error(`${EXECUTION_VARIABLE} is ${JSON.stringify(written)}; it must be cpu or cuda`);
}
