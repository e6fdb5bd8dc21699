import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource, readIndexHeader } from "../../../container/src/backends/index-file";
import { FaissIndex } from "../../../container/src/backends/faiss";
import type { ThreadFile } from "../../../container/src/backends/thread-file";
import { openIndex } from "../../../container/src/backends/open-index";
import { bruteForce, flatFile, unitRows } from "./vectors";

const dimension = 64;
const size = 2000;
/** Training a compressed index takes long. */
const fewRows = 300;
const rows = unitRows(size, dimension, 1);
const queries = Array.from({ length: 20 }, (_, at) => unitRows(1, dimension, 100 + at));

/** Writes indexes with faiss-node, in a process of its own like the product; says whether the addon loads here. */
function writeIndexes(folder: string): boolean {
  const script = `
    const { Index, IndexFlatIP, MetricType } = require("faiss-node");
    const rows = Array.from(new Float32Array(require("node:fs").readFileSync(${JSON.stringify(join(folder, "rows"))}).buffer));
    const flat = new IndexFlatIP(${dimension});
    flat.add(rows);
    flat.write(${JSON.stringify(join(folder, "flat.index"))});
    for (const [name, factory] of [["ivf", "IVF16,Flat"], ["hnsw", "HNSW16"]]) {
      const index = Index.fromFactory(${dimension}, factory, MetricType.METRIC_INNER_PRODUCT);
      if (!index.isTrained()) index.train(rows);
      index.add(rows);
      index.write(${JSON.stringify(folder)} + "/" + name + ".index");
    }
    const few = rows.slice(0, ${fewRows * dimension});
    const compressed = Index.fromFactory(${dimension}, "PQ16x4", MetricType.METRIC_INNER_PRODUCT);
    compressed.train(few);
    compressed.add(few);
    compressed.write(${JSON.stringify(join(folder, "pq.index"))});`;
  return spawnSync(process.execPath, ["-e", script], { cwd: __dirname, encoding: "utf8" }).status === 0;
}

const recall = (found: readonly number[], wanted: readonly number[]): number => wanted.filter((id) => found.includes(id)).length / wanted.length;

describe("index backends", () => {
  let folder: string;
  let built: boolean;
  const lines: { event: string; [field: string]: unknown }[] = [];
  const log = (line: { readonly event: string }): void => void lines.push(line);
  const file = (name: string): string => join(folder, `${name}.index`);
  before(function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "slipway-index-"));
    writeFileSync(join(folder, "rows"), Buffer.from(rows.buffer));
    built = writeIndexes(folder);
    writeFileSync(file("own"), flatFile(rows, dimension));
  });
  beforeEach(() => lines.splice(0));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("search a flat index exactly, and say so", async () => {
    const index = await openIndex(file("own"), { threads: 2, log });
    assert.equal(index.backend, "exact");
    assert.deepEqual((await index.search(queries[0]!, 50)).ids, bruteForce(rows, queries[0]!, 50).ids);
    assert.deepEqual(lines, [{ event: "index-opened", backend: "exact", because: "the index is flat", kind: "flat", dimension, size, metric: "innerProduct", searchWidth: undefined }]);
    await index.close();
  });

  it("refuse a width for a flat index, and a file that is none", async () => {
    await assert.rejects(openIndex(file("own"), { threads: 1, log, searchWidth: 5 }), /flat index is always searched whole/);
    writeFileSync(file("cut"), flatFile(rows, dimension).subarray(0, 1000));
    await assert.rejects(openIndex(file("cut"), { threads: 1, log }), /should be 512045 bytes long and is 1000/);
  });

  describe("keep the server where the process that holds FAISS dies", () => {
    const header = { dimension, size, metric: "innerProduct" } as const;
    /** A process that is ready, and then does what it is told when it is asked. */
    const dying = (whenAsked: string): ThreadFile => {
      const entry = join(folder, "dying.cjs");
      writeFileSync(entry, `process.on("message", ({ call }) => { ${whenAsked} }); process.send({ type: "ready", dimension: ${dimension}, size: ${size} });`);
      return { file: entry, execArgv: [] };
    };
    const onCrash = (crash: object): void => log({ event: "crash", ...crash });

    it("a query is asked twice and no more", async () => {
      const index = await FaissIndex.open("unused", header, { entry: dying(`process.kill(process.pid, "SIGKILL")`), onCrash });
      await assert.rejects(index.search(queries[0]!, 5), /the FAISS process died twice while it held this query: it was ended by SIGKILL/);
      assert.equal(lines.length, 2);
      await index.close();
    });

    it("the second answer counts", async () => {
      const once = JSON.stringify(join(folder, "died"));
      const entry = dying(`const fs = require("node:fs"); if (!fs.existsSync(${once})) { fs.writeFileSync(${once}, ""); process.exit(7); } process.send({ type: "found", call, ids: [1], scores: [2] });`);
      const index = await FaissIndex.open("unused", header, { entry, onCrash });
      assert.deepEqual(await index.search(queries[0]!, 5), { ids: [1], scores: [2] });
      assert.deepEqual(lines, [{ event: "crash", reason: "it ended with exit code 7", restarting: true }]);
      await index.close();
    });

    it("a process that dies three times without an answer is given up, and says so at once", async () => {
      const index = await FaissIndex.open("unused", header, { entry: dying("process.exit(7)"), onCrash });
      const first = await Promise.allSettled([index.search(queries[0]!, 5), index.search(queries[1]!, 5)]);
      assert.ok(first.every(({ status }) => status === "rejected"));
      await assert.rejects(index.search(queries[0]!, 5), /the FAISS process/);
      await assert.rejects(index.search(queries[0]!, 5), /cannot serve the index: it ended with exit code 7/);
      assert.equal(lines.at(-1)!["restarting"], false);
      await index.close();
    });

    it("an error of one query is that query's", async () => {
      const index = await FaissIndex.open("unused", header, { entry: dying(`process.send({ type: "failed", call, message: "no" })`), onCrash });
      await assert.rejects(index.search(queries[0]!, 5), /FAISS: no/);
      assert.deepEqual(lines, []);
      await index.close();
    });

    it("a process that reads another index than the file announces is not believed", async () => {
      await assert.rejects(FaissIndex.open("unused", { ...header, size: 3 }, { entry: dying("") }), /FAISS reads 2000 × 64 values where the file announces 3 × 64/);
    });
  });

  describe("with faiss-node", () => {
    before(function () {
      // Without the addon these say "pending": build it with `npm run setup`.
      if (!built) this.skip();
    });

    it("exact search finds what FAISS finds in the file that FAISS wrote", async () => {
      const exact = await openIndex(file("flat"), { threads: 2, log });
      const faiss = await openIndex(file("flat"), { threads: 2, log, backend: "faiss" });
      assert.deepEqual([exact.backend, faiss.backend], ["exact", "faiss"]);
      try {
        for (const query of queries) {
          const [ours, theirs] = [await exact.search(query, 50), await faiss.search(query, 50)];
          assert.deepEqual(ours.ids, theirs.ids);
          ours.scores.forEach((score, at) => assert.ok(Math.abs(score - theirs.scores[at]!) < 2e-6));
        }
      } finally {
        await Promise.all([exact.close(), faiss.close()]);
      }
    });

    for (const [name, narrow, wide] of [["ivf", 1, 16], ["hnsw", 8, 400]] as const) {
      it(`${name} finds more the wider it searches`, async () => {
        const found = [];
        for (const searchWidth of [narrow, wide]) {
          const index = await openIndex(file(name), { threads: 1, log, searchWidth, temporaryFolder: folder });
          assert.equal(index.backend, "faiss");
          let total = 0;
          for (const query of queries) total += recall((await index.search(query, 10)).ids, bruteForce(rows, query, 10).ids);
          found.push(total / queries.length);
          await index.close();
        }
        assert.ok(found[1]! > 0.99, `recall ${found[1]}`);
        assert.ok(found[0]! < found[1]!, `recall ${found[0]} at ${narrow}, ${found[1]} at ${wide}`);
        assert.deepEqual(readdirSync(folder).filter((entry) => entry.startsWith("index-")), [], "a patched copy was left behind");
      });
    }

    it("says what is missing where the copy of another width cannot be written", async () => {
      const nowhere = join(folder, "nowhere");
      await assert.rejects(openIndex(file("ivf"), { threads: 1, log, searchWidth: 4, temporaryFolder: nowhere }), new RegExp(`searchWidth is not the 1 of the index file.*ENOENT.*Make ${nowhere} writable`));
    });

    it("pq is searched as it was compressed, and has no width to set", async () => {
      const index = await openIndex(file("pq"), { threads: 1, log });
      assert.deepEqual([index.backend, index.size, index.metric], ["faiss", fewRows, "innerProduct"]);
      const few = rows.subarray(0, fewRows * dimension);
      let total = 0;
      for (const query of queries) total += recall((await index.search(query, 10)).ids, bruteForce(few, query, 10).ids);
      assert.ok(total / queries.length > 0.2, `recall ${total / queries.length}`);
      await index.close();
      await assert.rejects(openIndex(file("pq"), { threads: 1, log, searchWidth: 5 }), /a pq index is always searched whole/);
    });

    it("takes a k above what there is as all", async () => {
      const index = await openIndex(file("flat"), { threads: 1, log, backend: "faiss" });
      assert.equal((await index.search(queries[0]!, size + 1)).ids.length, size);
      await assert.rejects(index.search(new Float32Array(3), 1), RangeError);
      await index.close();
      await assert.rejects(index.search(queries[0]!, 1), /the index is closed/);
    });

    it("answers what was in flight when the process dies, from the process that follows", async () => {
      const index = await openHnsw();
      const before = index.pid!;
      const answers = queries.map((query) => index.search(query, 5));
      process.kill(before, "SIGABRT");
      for (const answer of answers) assert.equal((await answer).ids.length, 5);
      assert.notEqual(index.pid, before);
      assert.deepEqual(lines.map(({ event, reason, restarting }) => ({ event, reason, restarting })), [{ event: "crash", reason: "it was ended by SIGABRT", restarting: true }]);
      await index.close();
    });

    it("says what FAISS says of a file that only its head makes an index", async () => {
      const head = Buffer.alloc(200);
      head.write("IwFl", "latin1");
      head.writeInt32LE(dimension, 4);
      head.writeBigInt64LE(10n, 8);
      head.writeUInt8(1, 32);
      head.writeBigInt64LE(4n, 37);
      head.writeBigInt64LE(1n, 45);
      writeFileSync(file("hollow"), head);
      await assert.rejects(openIndex(file("hollow"), { threads: 1, log }), /IVF needs faiss-node: the FAISS process cannot serve the index: /);
    });

    async function openHnsw(): Promise<FaissIndex> {
      const source = fileSource(file("hnsw"));
      const header = readIndexHeader(source);
      source.close();
      return FaissIndex.open(file("hnsw"), header, { onCrash: (crash) => log({ event: "crash", ...crash }) });
    }
  });
});
