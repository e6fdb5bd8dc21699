import assert from "node:assert/strict";
import fc from "fast-check";
import { type Backlog, batchLimits, type BatchLimits, countOf, joined, nextBatch, type Waiting, without } from "../../../container/src/core/batching";

interface Item extends Waiting {
  readonly id: number;
}

const KINDS = ["image", "text", "other"];

/** What may happen: a call with requests, some time, or the model is free. */
type Event = { readonly arrive: readonly { readonly kind: string; readonly bytes: number }[] } | { readonly pass: number } | { readonly free: true };

const arrival = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), bytes: fc.integer({ min: 0, max: 40 }) }), { minLength: 1, maxLength: 12 });
const event: fc.Arbitrary<Event> = fc.oneof(
  arrival.map((arrive) => ({ arrive })),
  fc.integer({ min: 1, max: 30 }).map((pass) => ({ pass })),
  fc.constant({ free: true as const }),
);
const limits: fc.Arbitrary<BatchLimits> = fc.record({ maxSize: fc.integer({ min: 1, max: 5 }), maxBytes: fc.integer({ min: 1, max: 60 }), maxWaitMs: fc.integer({ min: 0, max: 25 }) });
const limitsByKind = fc.tuple(limits, limits, limits).map((each) => Object.fromEntries(KINDS.map((kind, place) => [kind, each[place]!])));

interface Batch {
  readonly items: readonly Item[];
  readonly at: number;
  /** What waited when it was chosen, it included. */
  readonly before: readonly Item[];
}

/** Plays events against the function alone, then lets time pass until nothing waits. */
function play(events: readonly Event[], by: { readonly [kind: string]: BatchLimits }): { readonly batches: Batch[]; readonly arrived: Item[] } {
  let backlog: Backlog<Item> = [];
  let now = 0;
  const batches: Batch[] = [];
  const arrived: Item[] = [];
  /** @returns when there will be a batch by itself; undefined where there was one. */
  const free = (): number | undefined => {
    const decision = nextBatch(backlog, (kind) => by[kind]!, now);
    if (decision.batch === undefined) return decision.dueAt;
    batches.push({ items: decision.batch, at: now, before: backlog.flatMap(({ items }) => items) });
    backlog = decision.rest;
    return undefined;
  };
  for (const one of events) {
    if ("pass" in one) now += one.pass;
    else if ("free" in one) free();
    else {
      const items = one.arrive.map(({ kind, bytes }, place) => ({ id: arrived.length + place, kind, bytes, arrivedAt: now }));
      arrived.push(...items);
      backlog = joined(backlog, items);
    }
  }
  for (;;) {
    const dueAt = free();
    if (dueAt === Infinity) break;
    if (dueAt !== undefined) {
      assert.ok(dueAt > now, "a batch that is due is given");
      now = dueAt;
    }
  }
  assert.equal(countOf(backlog), 0);
  return { batches, arrived };
}

const check = (holds: (outcome: ReturnType<typeof play>, by: { readonly [kind: string]: BatchLimits }) => void): void =>
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), limitsByKind, (events, by) => holds(play(events, by), by)), { numRuns: 300 });

describe("batching", () => {
  it("loses nothing, gives nothing twice, and keeps the order of arrival in each kind", () =>
    check(({ batches, arrived }) => {
      for (const kind of KINDS) {
        const ids = (items: readonly Item[]): number[] => items.filter((item) => item.kind === kind).map(({ id }) => id);
        assert.deepEqual(ids(batches.flatMap(({ items }) => items)), ids(arrived));
      }
    }));

  it("never mixes kinds, and never exceeds a size; only one request alone may exceed the bytes", () =>
    check(({ batches }, by) => {
      for (const { items } of batches) {
        const { maxSize, maxBytes } = by[items[0]!.kind]!;
        assert.equal(new Set(items.map(({ kind }) => kind)).size, 1);
        assert.ok(items.length >= 1 && items.length <= maxSize);
        assert.ok(items.length === 1 || items.reduce((sum, { bytes }) => sum + bytes, 0) <= maxBytes);
      }
    }));

  it("leaves nobody behind who would have fitted in", () =>
    check(({ batches }, by) => {
      for (const { items, before } of batches) {
        const { maxSize, maxBytes } = by[items[0]!.kind]!;
        const next = before.filter(({ kind }) => kind === items[0]!.kind)[items.length];
        if (next === undefined || items.length === maxSize) continue;
        assert.ok(items.reduce((sum, { bytes }) => sum + bytes, next.bytes) > maxBytes);
      }
    }));

  it("holds an idle model back for a batch that may still grow, and never longer than the oldest may wait", () =>
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), limitsByKind, fc.integer({ min: 0, max: 30 }), (events, by, pass) => {
        let backlog: Backlog<Item> = [];
        let now = 0;
        for (const one of events) {
          if ("arrive" in one) backlog = joined(backlog, one.arrive.map((item, id) => ({ ...item, id, arrivedAt: now })));
          else if ("pass" in one) now += one.pass;
        }
        now += pass;
        const decision = nextBatch(backlog, (kind) => by[kind]!, now);
        const waiting = backlog.flatMap(({ items }) => items);
        const due = Math.min(...waiting.map(({ kind, arrivedAt }) => arrivedAt + by[kind]!.maxWaitMs), Infinity);
        if (due <= now) assert.ok(decision.batch, "one is due");
        if (decision.batch === undefined) assert.equal(decision.dueAt, due);
        else {
          const { maxSize, maxBytes, maxWaitMs } = by[decision.batch[0]!.kind]!;
          const bytes = decision.batch.reduce((sum, item) => sum + item.bytes, 0);
          const more = waiting.filter(({ kind }) => kind === decision.batch[0]!.kind).length > decision.batch.length;
          assert.ok(more || decision.batch.length === maxSize || bytes >= maxBytes || decision.batch[0]!.arrivedAt + maxWaitMs <= now, "it could have grown");
        }
      }),
      { numRuns: 300 },
    ));

  it("starves no kind: while a request is due, each other kind has one turn at most before it", () =>
    check(({ batches }, by) => {
      batches.forEach(({ items: [first], at, before }, place) => {
        for (const kind of KINDS) {
          if (kind === first!.kind) continue;
          const oldest = before.find((item) => item.kind === kind);
          if (oldest === undefined || oldest.arrivedAt + by[kind]!.maxWaitMs > at) continue;
          // From here on `kind` is due: no other kind comes twice before it does.
          const until = batches.slice(place).findIndex(({ items }) => items[0]!.kind === kind);
          const between = batches.slice(place, place + until).map(({ items }) => items[0]!.kind);
          assert.equal(new Set(between).size, between.length, `${between.join(", ")} before ${kind}`);
        }
      });
    }));

  it("forgets those that left, and nobody else", () => {
    const items = [1, 2, 3].map((id) => ({ id, kind: id === 2 ? "text" : "image", bytes: 0, arrivedAt: 0 }));
    const left = without(joined<Item>([], items), ({ id }) => id === 1);
    assert.deepEqual(left.flatMap((lane) => lane.items).map(({ id }) => id).sort(), [2, 3]);
  });

  it("takes the smaller of what the settings say and what the runtime gains from", () => {
    const limits = batchLimits({ maxSize: 16, maxWaitMs: 5 }, { image: 8, text: 32 });
    assert.deepEqual([limits.image!.maxSize, limits.text!.maxSize, limits.text!.maxWaitMs], [8, 16, 5]);
    const usual = batchLimits(undefined, { image: 8, text: 32 });
    assert.deepEqual([usual.image!.maxSize, usual.text!.maxSize, usual.text!.maxWaitMs], [8, 32, 0]);
  });
});
