import type { RuntimeName } from "../contract/runtimes";

/** What a container of a runtime was measured to hold. */
export interface MeasuredMemory {
  readonly residentMiB: number;
  /** Where the measurement is recorded, in this repository. */
  readonly source: string;
  /** The day it was measured. */
  readonly read: string;
}

/**
 * What Slipway's container holds with the smallest model of a runtime: with any other it holds more. It stands where a
 * version does not state its own; a runtime without a row has not been measured, and nothing is said of it.
 */
export const runtimeMemory: { readonly [Runtime in RuntimeName]?: MeasuredMemory } = Object.freeze({
  "clip-embed": { residentMiB: 155, source: "bench/results/start.json", read: "2026-11-25" },
  forecast: { residentMiB: 109, source: "bench/results/start.json", read: "2026-11-25" },
});

/** Percent of what there is. Above it a version is short of room: the memory alarm rings from there by default. */
export const TIGHT_PERCENT = 80;
