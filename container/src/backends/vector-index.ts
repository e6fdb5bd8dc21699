/** How two vectors are compared. On unit vectors the inner product is the cosine. */
export type Metric = "innerProduct" | "squaredDistance";

/** The nearest items to a query, the nearest first; fewer than asked for where the index finds fewer. */
export interface Neighbours {
  /** Places in the index, from 0. */
  readonly ids: readonly number[];
  /** Inner products, falling; or squared distances, rising. */
  readonly scores: readonly number[];
}

/** A collection of vectors that can be searched. The seam between what a search means and what computes it. */
export interface VectorIndex {
  readonly dimension: number;
  /** Vectors in it. */
  readonly size: number;
  readonly metric: Metric;
  /** What computes it, for the log: `exact` or `faiss`. */
  readonly backend: "exact" | "faiss";
  /**
   * @param query `dimension` finite floats.
   * @param k how many to find, at least 1; more than there are means all.
   * @throws RangeError for a query or a `k` that is neither; Error if the search itself failed.
   */
  search(query: Float32Array, k: number): Promise<Neighbours>;
  close(): Promise<void>;
}

/** Refuses what no index can be asked. Every backend calls it first: native code trusts its arguments. */
export function checkSearch(index: Pick<VectorIndex, "dimension">, query: Float32Array, k: number): void {
  if (query.length !== index.dimension) throw new RangeError(`the query has ${query.length} values; the index takes ${index.dimension}`);
  if (!query.every(Number.isFinite)) throw new RangeError("the query holds a value that is not a finite number");
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`k is ${k}; it must be a whole number from 1`);
}
