import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import * as tar from "tar";
import { writeArchive, type ArchiveEntry } from "../../packaging/archive";
import { fromBytes, fromFile, sizeOf, type Content } from "../../packaging/content";
import { findingsOf, sha256, temporaryFolder } from "./support";

const entry = (path: string, bytes: Uint8Array, content: Content = fromBytes(bytes)): ArchiveEntry => ({ path, content, sha256: sha256(bytes) });

describe("an archive", () => {
  const folder = temporaryFolder();
  let count = 0;
  const fresh = (): string => {
    const path = join(folder, String((count += 1)));
    mkdirSync(path);
    return path;
  };

  it("has the same bytes whatever the order, times, modes, umask and cuts of what goes in", async function () {
    this.timeout(60_000);
    const name = fc.stringMatching(/^[a-z0-9_.-]{1,12}(\/[a-z0-9_-]{1,12})?$/).filter((path) => path.split("/").every((part) => part !== "." && part !== ".."));
    const files = fc.dictionary(name, fc.uint8Array({ maxLength: 3000 }), { minKeys: 1, maxKeys: 6 }).filter((all) => Object.keys(all).every((path) => !Object.keys(all).some((other) => other.startsWith(`${path}/`))));
    await fc.assert(
      fc.asyncProperty(files, fc.infiniteStream(fc.nat()), fc.nat({ max: 0o777 }), async (all, chance, mask) => {
        const plain = await writeArchive(join(fresh(), "a.tar.gz"), Object.entries(all).map(([path, bytes]) => entry(path, bytes)));
        const place = fresh();
        const shuffled = Object.entries(all)
          .map(([path, bytes]) => ({ path, bytes, key: chance.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ path, bytes }, at) => {
            const file = join(place, String(at));
            writeFileSync(file, bytes);
            chmodSync(file, 0o400 | ((chance.next().value as number) % 0o1000));
            utimesSync(file, (chance.next().value as number) % 2 ** 31, (chance.next().value as number) % 2 ** 31);
            const cut = bytes.length === 0 ? 0 : (chance.next().value as number) % bytes.length;
            return entry(path, bytes, [{ file, offset: 0, length: cut }, { bytes: bytes.subarray(cut) }]);
          });
        const before = process.umask(mask & 0o177);
        try {
          assert.deepEqual(await writeArchive(join(fresh(), "b.tar.gz"), shuffled), plain);
        } finally {
          process.umask(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has these very bytes on every machine and every Node", async () => {
    // More than the compressor looks back, and more than one cut.
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at + (at >> 7)) & 255));
    const { sha256: digest } = await writeArchive(join(fresh(), "a.tar.gz"), [entry("weights.bin", bytes), entry("folder/notes.txt", Buffer.from("notes\n"))]);
    assert.equal(digest, "5c6e342a4c76e9d520c89a96a4d3f88f5963c5abd9ee247917c76b011b5eb32c");
  });

  it("is read by tar, and holds nothing of this machine", async () => {
    const file = join(fresh(), "a.tar.gz");
    const written = await writeArchive(file, [entry("b.txt", Buffer.from("b")), entry(`${"d".repeat(90)}/${"long".padEnd(60, "x")}`, Buffer.alloc(513, 7))]);
    assert.deepEqual(written, { bytes: readFileSync(file).length, sha256: sha256(readFileSync(file)) });
    const seen: string[] = [];
    await tar.list({
      file,
      strict: true,
      onReadEntry: ({ path, mtime, uid, gid, uname, gname, mode, size, type }) => {
        seen.push(path);
        assert.deepEqual([mtime?.getTime(), uid, gid, uname || "", gname || "", mode, type], [0, 0, 0, "", "", 0o644, "File"], path);
        assert.ok(size === 1 || size === 513);
      },
    });
    assert.equal(seen.length, 2);
    assert.deepEqual(seen, [...seen].sort());
    assert.deepEqual([...readFileSync(file).subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], "no name and no time in the gzip header");
    assert.equal(gunzipSync(readFileSync(file)).length % 512, 0);
  });

  it("leaves nothing behind where it fails, and what was there before as it was", async () => {
    const place = fresh();
    const target = join(place, "model.tar.gz");
    writeFileSync(target, "before");
    const file = join(place, "weights");
    writeFileSync(file, "weights");
    const changed = { path: "weights", content: fromFile(file, 7), sha256: sha256(Buffer.from("others!")) };
    assert.deepEqual((await findingsOf(writeArchive(target, [changed]))).map(({ code, message }) => [code, message]), [["package-changed", "changed while it was packed"]]);
    const shorter = { path: "weights", content: fromFile(file, 70), sha256: "" };
    assert.match((await findingsOf(writeArchive(target, [shorter])))[0]!.message, /ends at byte 7/);
    await assert.rejects(writeArchive(target, [entry("a", Buffer.from("a"))], () => Promise.reject(new Error("not so"))), /not so/);
    assert.deepEqual((await findingsOf(writeArchive(target, [entry("x".repeat(300), Buffer.from("a"))])))[0]!.code, "package-path");
    assert.equal(readFileSync(target, "utf8"), "before");
    assert.deepEqual(readdirSync(place).sort(), ["model.tar.gz", "weights"]);
    assert.deepEqual((await findingsOf(writeArchive(join(place, "absent/model.tar.gz"), [])))[0], { code: "file-unwritable", subject: join(place, "absent/model.tar.gz"), message: `there is no folder ${join(place, "absent")}` });
    assert.ok(!existsSync(join(place, "absent")));
  });

  it("counts a content's bytes without reading them", () => {
    assert.equal(sizeOf([{ bytes: Buffer.alloc(3) }, { file: "/nowhere", offset: 5, length: 4 }]), 7);
  });
});
