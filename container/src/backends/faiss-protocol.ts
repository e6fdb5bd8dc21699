/** What the child is started with, as its one argument: JSON. */
export interface FaissStart {
  /** The index file. */
  readonly file: string;
}

/** To the child. */
export interface FaissQuery {
  readonly call: number;
  readonly query: Float32Array;
  readonly k: number;
}

export type FromFaiss =
  | { readonly type: "ready"; readonly dimension: number; readonly size: number }
  /** The index cannot be served by this machine: no addon, or FAISS refuses the file. */
  | { readonly type: "cannotStart"; readonly message: string }
  | { readonly type: "found"; readonly call: number; readonly ids: readonly number[]; readonly scores: readonly number[] }
  | { readonly type: "failed"; readonly call: number; readonly message: string };
