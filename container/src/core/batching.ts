import { type Batching, batchingDefaults } from "../../../contract/batching";

/** What batching looks at in a request that waits. */
export interface Waiting {
  /** Only requests of one kind can be computed together. */
  readonly kind: string;
  /** On the clock that `now` is read from. Milliseconds. */
  readonly arrivedAt: number;
  /** What goes to the model with it. */
  readonly bytes: number;
}

export interface BatchLimits {
  /** Most requests in a batch, at least 1. */
  readonly maxSize: number;
  /** Most bytes in a batch of several; a larger request goes alone. */
  readonly maxBytes: number;
  /** How long a request may wait for others. Milliseconds; 0 takes what is there. */
  readonly maxWaitMs: number;
}

interface Lane<Item> {
  readonly kind: string;
  /** In the order of their arrival. */
  readonly items: readonly Item[];
}

/** What waits, a lane for each kind. The lane whose turn was longest ago stands first; an empty one keeps its place. */
export type Backlog<Item> = readonly Lane<Item>[];

/** A batch to compute now and what is left after it; or, without one, when there will be one by itself. */
export type Decision<Item> =
  | { readonly batch: readonly Item[]; readonly rest: Backlog<Item> }
  | { readonly batch: undefined; readonly dueAt: number };

/** The backlog with more behind those that wait. A kind that never had a turn is first in line. */
export function joined<Item extends Waiting>(backlog: Backlog<Item>, items: readonly Item[]): Backlog<Item> {
  return [...new Set(items.map(({ kind }) => kind))].reduce((grown, kind) => {
    const more = items.filter((item) => item.kind === kind);
    if (!grown.some((lane) => lane.kind === kind)) return [{ kind, items: more }, ...grown];
    return grown.map((lane) => (lane.kind === kind ? { kind, items: [...lane.items, ...more] } : lane));
  }, backlog);
}

/** The backlog without those that nobody waits for any more. */
export const without = <Item>(backlog: Backlog<Item>, left: (item: Item) => boolean): Backlog<Item> =>
  backlog.map(({ kind, items }) => ({ kind, items: items.filter((item) => !left(item)) }));

export const countOf = <Item>(backlog: Backlog<Item>): number => backlog.reduce((count, { items }) => count + items.length, 0);

/**
 * What an idle model computes next. Kinds take turns, so that a burst of one delays another by one batch at most;
 * within a kind the order of arrival is kept. A batch is due when it is full or its oldest request has waited long enough.
 */
export function nextBatch<Item extends Waiting>(backlog: Backlog<Item>, limitsOf: (kind: string) => BatchLimits, now: number): Decision<Item> {
  let dueAt = Infinity;
  for (const lane of backlog) {
    const [oldest] = lane.items;
    if (oldest === undefined) continue;
    const limits = limitsOf(lane.kind);
    const { size, full } = fitting(lane.items, limits);
    const due = oldest.arrivedAt + limits.maxWaitMs;
    if (full || due <= now) {
      const left: Lane<Item> = { kind: lane.kind, items: lane.items.slice(size) };
      return { batch: lane.items.slice(0, size), rest: [...backlog.filter((other) => other !== lane), left] };
    }
    dueAt = Math.min(dueAt, due);
  }
  return { batch: undefined, dueAt };
}

/** How many of the oldest go together, and whether none that comes later could join them. */
function fitting(items: readonly Waiting[], { maxSize, maxBytes }: BatchLimits): { readonly size: number; readonly full: boolean } {
  let bytes = 0;
  let size = 0;
  for (const item of items) {
    if (size === maxSize) break;
    bytes += item.bytes;
    if (size > 0 && bytes > maxBytes) return { size, full: true };
    size += 1;
  }
  return { size, full: size >= maxSize || bytes >= maxBytes };
}

/** A batch of several is copied to the worker and may be asked again one by one: files above this go alone. Bytes. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** The limits of each kind: what the settings say, and no more than the runtime gains from. @param kinds most of each that are worth computing together. */
export function batchLimits(settings: Partial<Batching> | undefined, kinds: { readonly [kind: string]: number }): { readonly [kind: string]: BatchLimits } {
  const { maxSize, maxWaitMs } = { ...batchingDefaults, ...settings };
  return Object.fromEntries(Object.entries(kinds).map(([kind, most]) => [kind, { maxSize: Math.min(maxSize, most), maxWaitMs, maxBytes: MAX_BATCH_BYTES }]));
}
