/** How requests that wait are computed together. In a serve spec's settings, as `batching`. */
export interface Batching {
  /** Most requests that are computed together. A runtime takes fewer where more gain nothing. */
  readonly maxSize: number;
  /** How long a request may wait for others to be computed with, where the model is idle. Milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * What the plan writes, and the container takes where a plan wrote nothing: whatever waits already is computed
 * together, and nobody waits for company. docs/decisions/batching.md says why.
 */
export const batchingDefaults: Batching = Object.freeze({ maxSize: 32, maxWaitMs: 0 });
