import { addValue, emptyHistogram, merge, type Histogram } from "./histogram";

/** What one invocation left behind. */
export interface Sample {
  readonly atMs: number;
  /** Time in the container, microseconds (CloudWatch's ModelLatency). */
  readonly latencyMicroseconds: number;
  /** HTTP status of the container; 0 where it never answered. */
  readonly status: number;
  /** Behind a multi-model endpoint: how long it waited for its model, microseconds; 0 where that was loaded. */
  readonly loadingWaitMicroseconds?: number;
}

/** Invocations of one variant during one slot. */
export interface Slot {
  readonly startMs: number;
  readonly invocations: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
  readonly latency: Histogram;
  /** Behind a multi-model endpoint: waits for models, 0 for those that were loaded; */
  readonly loadingWait: Histogram;
  /** these. */
  readonly cacheHits: number;
}

export const SLOT_MS = 5_000;
/** An hour: longer than any alarm that the planner writes looks back. */
export const KEPT_SLOTS = 720;

/** The slots of one variant, oldest first; slots without invocations are not there. */
export type Window = readonly Slot[];

export const slotStart = (atMs: number): number => Math.floor(atMs / SLOT_MS) * SLOT_MS;

/** The window with one sample more. Samples come in time order, give or take a slot. */
export function record(window: Window, sample: Sample): Window {
  const startMs = slotStart(sample.atMs);
  const oldest = startMs - (KEPT_SLOTS - 1) * SLOT_MS;
  const kept = window.filter((slot) => slot.startMs >= oldest);
  const index = kept.findIndex((slot) => slot.startMs >= startMs);
  if (index === -1) return [...kept, extend(emptySlot(startMs), sample)];
  if (kept[index]!.startMs === startMs) return kept.map((slot, at) => (at === index ? extend(slot, sample) : slot));
  return [...kept.slice(0, index), extend(emptySlot(startMs), sample), ...kept.slice(index)];
}

/** All that happened in `[fromMs, toMs)`, as one slot. */
export function aggregate(windows: readonly Window[], fromMs: number, toMs: number): Slot {
  const slots = windows.flat().filter((slot) => slot.startMs >= fromMs && slot.startMs < toMs);
  const total = (pick: (slot: Slot) => number) => slots.reduce((sum, slot) => sum + pick(slot), 0);
  return {
    startMs: fromMs,
    invocations: total((slot) => slot.invocations),
    errors4xx: total((slot) => slot.errors4xx),
    errors5xx: total((slot) => slot.errors5xx),
    latency: merge(slots.map((slot) => slot.latency)),
    loadingWait: merge(slots.map((slot) => slot.loadingWait)),
    cacheHits: total((slot) => slot.cacheHits),
  };
}

const emptySlot = (startMs: number): Slot => ({ startMs, invocations: 0, errors4xx: 0, errors5xx: 0, latency: emptyHistogram, loadingWait: emptyHistogram, cacheHits: 0 });

function extend(slot: Slot, sample: Sample): Slot {
  return {
    startMs: slot.startMs,
    invocations: slot.invocations + 1,
    errors4xx: slot.errors4xx + (sample.status >= 400 && sample.status < 500 ? 1 : 0),
    errors5xx: slot.errors5xx + (sample.status >= 500 || sample.status === 0 ? 1 : 0),
    latency: addValue(slot.latency, sample.latencyMicroseconds),
    loadingWait: sample.loadingWaitMicroseconds === undefined ? slot.loadingWait : addValue(slot.loadingWait, sample.loadingWaitMicroseconds),
    cacheHits: slot.cacheHits + (sample.loadingWaitMicroseconds === 0 ? 1 : 0),
  };
}
