/**
 * Exact search against FAISS IndexFlatIP and the memory's bandwidth, one query at a time. They take
 * turns in one process, a block of queries each, so that all see the same minute of the machine and
 * each finds its own vectors in the cache where they fit.
 *
 *     npx tsx bench/search.ts [rows …]      default 10000 100000 1000000; writes bench/results/search.json
 *
 * Needs faiss-node (`npm run setup`) and, for the bandwidth, gcc.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExactIndex } from "../container/src/backends/exact";
import { fileSource } from "../container/src/backends/index-file";
import { DIMENSION, fill, writeFlat } from "./assets/flat-index";
import { machine, repeats, round, summary } from "./support/machine";
import { record } from "./support/results";

const K = 50;
const BLOCK = 5;
const THREADS = machine().cores;
const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));

function compileReader(): string | undefined {
  const binary = join(folder, "read-bandwidth");
  const built = spawnSync("gcc", ["-O3", "-march=native", "-pthread", "-o", binary, join(__dirname, "read-bandwidth.c")]);
  return built.status === 0 ? binary : undefined;
}

/** The same items at the same ranks; two may change places where float32 sums cannot tell them apart. */
function sameNeighbours(ours: { ids: readonly number[]; scores: readonly number[] }, theirs: { labels: number[]; distances: number[] }): boolean {
  return ours.ids.every((id, rank) => {
    if (id === theirs.labels[rank]) return true;
    const elsewhere = theirs.labels.indexOf(id);
    const theirScore = elsewhere < 0 ? theirs.distances.at(-1)! : theirs.distances[elsewhere]!;
    return Math.abs(theirScore - ours.scores[rank]!) < 1e-6;
  });
}

async function measure(rows: number, reader: string | undefined) {
  const file = join(folder, "flat.index");
  writeFlat(file, rows);
  // In this process, without the pipe that the product puts between: FAISS at its best.
  const { Index } = (await import("faiss-node")).default;
  const faiss = Index.read(file);
  const source = fileSource(file);
  const one = ExactIndex.open(source, { threads: 1 });
  const all = ExactIndex.open(source, { threads: THREADS, onHelperLost: (reason) => console.error(reason) });
  source.close();
  rmSync(file);

  const rounds = repeats(rows >= 1_000_000 ? 5 : rows >= 100_000 ? 12 : 40);
  const megabytes = (rows * DIMENSION * 4) / 1e6;
  const times = { faiss: [] as number[], exact1: [] as number[], exact: [] as number[] };
  const bandwidth: number[] = [];
  let same = 0;
  for (let at = 0; at < rounds; at += 1) {
    const queries = Array.from({ length: BLOCK }, (_, place) => fill(new Float32Array(DIMENSION), 7919 * (at * BLOCK + place + 1)));
    const block = async <T>(into: number[], search: (query: Float32Array) => T | Promise<T>): Promise<T[]> => {
      const answers: T[] = [await search(queries[0]!)]; // warms the cache
      for (const query of queries) {
        const began = performance.now();
        answers.push(await search(query));
        into.push(performance.now() - began);
      }
      return answers.slice(1);
    };
    const theirs = await block(times.faiss, (query) => faiss.search(Array.from(query), K));
    await block(times.exact1, (query) => one.search(query, K));
    const ours = await block(times.exact, (query) => all.search(query, K));
    same += ours.filter((found, place) => sameNeighbours(found, theirs[place]!)).length;
    if (reader !== undefined && at % Math.ceil(rounds / 5) === 0) {
      bandwidth.push(Number(execFileSync(reader, [String(Math.ceil((megabytes * 1e6) / 2 ** 20)), String(THREADS), "6"], { encoding: "utf8" })));
    }
  }
  await Promise.all([one.close(), all.close()]);

  const [faissMs, exact1Ms, exactMs] = [summary(times.faiss), summary(times.exact1), summary(times.exact)];
  const gigabytesPerSecond = { median: round(megabytes / exactMs.median), best: round(megabytes / exactMs.min) };
  const limit = bandwidth.length > 0 ? { median: summary(bandwidth).median, best: round(Math.max(...bandwidth)) } : undefined;
  return {
    rows,
    queries: rounds * BLOCK,
    sameNeighbours: same,
    faissMs,
    exactOneThreadMs: exact1Ms,
    exactMs,
    timesFasterThanFaiss: { median: round(faissMs.median / exactMs.median), best: round(faissMs.min / exactMs.min) },
    gigabytesPerSecond,
    memoryReadGigabytesPerSecond: limit,
    shareOfMemory: limit && { median: round(gigabytesPerSecond.median / limit.median), best: round(gigabytesPerSecond.best / limit.best) },
  };
}

const LEAST_TIMES_FAISS = 3;
const LEAST_OF_MEMORY = 0.85;

async function main(): Promise<void> {
  const asked = process.argv.slice(2).filter((word) => word !== "--quick").map(Number);
  const reader = compileReader();
  const results = [];
  for (const rows of asked.length > 0 ? asked : [10_000, 100_000, 1_000_000]) results.push(await measure(rows, reader));
  rmSync(folder, { recursive: true, force: true });
  const named = (rows: number): string => `${rows / 1000} k × ${DIMENSION}`;
  const targets = results.flatMap(({ rows, queries, sameNeighbours, timesFasterThanFaiss, shareOfMemory }) => [
    { what: `Exact top-${K} of ${named(rows)}: as fast as FAISS so many times`, reached: timesFasterThanFaiss.median, unit: "×", least: LEAST_TIMES_FAISS },
    { what: `Exact top-${K} of ${named(rows)}: queries with FAISS's neighbours`, reached: sameNeighbours / queries, unit: "of all", least: 1 },
    ...(rows < 1_000_000 || shareOfMemory === undefined ? [] : [{ what: `Exact top-${K} of ${named(rows)}: share of what the memory gives`, reached: shareOfMemory.median, unit: "×", least: LEAST_OF_MEMORY }]),
  ]);
  record("search", THREADS, { targets, dimension: DIMENSION, k: K, results });
}

void main();
