import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { decodeChunked } from "../../../local/s3/chunked";
import { ObjectStore } from "../../../local/s3/store";

describe("object store", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), "slipway-store-"))));
  after(() => rm(folder, { recursive: true, force: true }));

  it("finds everything again when the folder is opened anew, and nothing half-written", async () => {
    const first = await ObjectStore.open(folder);
    await first.createBucket("example-data");
    await first.put({ bucket: "example-data", key: "a/b" }, Buffer.from("whole"), { contentType: "text/plain", metadata: { by: "test" } });
    const broken = async function* () {
      yield Buffer.from("half");
      throw new Error("the connection broke");
    };
    await assert.rejects(first.put({ bucket: "example-data", key: "a/c" }, broken()), /connection broke/);
    await writeFile(path.join(folder, "drafts", "left-over"), "half");
    await writeFile(path.join(folder, "buckets", "example-data", "stray"), "not an object");

    const second = await ObjectStore.open(folder);
    assert.deepEqual(second.bucketNames, ["example-data"]);
    assert.deepEqual(second.list("example-data").map(({ key }) => key), ["a/b"]);
    const { head, body } = await second.bytes({ bucket: "example-data", key: "a/b" });
    assert.deepEqual([body.toString(), head.contentType, head.metadata], ["whole", "text/plain", { by: "test" }]);
    assert.deepEqual(await readdir(path.join(folder, "drafts")), []);
  });

  it("takes any chunking of an aws-chunked body for the same bytes", async () => {
    const property = fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }), fc.integer({ min: 1, max: 17 }), async (chunks, step) => {
      const wire = Buffer.concat([
        ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)};chunk-signature=00\r\n`), Buffer.from(chunk), Buffer.from("\r\n")]),
        Buffer.from("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"),
      ]);
      const pieces = async function* () {
        for (let at = 0; at < wire.length; at += step) yield wire.subarray(at, at + step);
      };
      const trailers = new Map<string, string>();
      const decoded: Buffer[] = [];
      for await (const part of decodeChunked(pieces(), trailers)) decoded.push(part);
      assert.deepEqual(Buffer.concat(decoded), Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))));
      assert.equal(trailers.get("x-amz-checksum-crc32"), "AAAAAA==");
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
