import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { readFileSync, readdirSync } from "node:fs";
import sharp from "sharp";
import type { Running } from "../support/container";
import { send, startDemo } from "../support/demo";

const SIDE = 8192; // 64 megapixels, the most that is taken

/** A picture of one colour: few bytes, many pixels. */
const plain = (width: number, height: number): sharp.Sharp => sharp({ create: { width, height, channels: 3, background: "#c33" }, limitInputPixels: false });

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(checksum(typed));
  return Buffer.concat([length, typed, sum]);
}

/** zlib has crc32 from Node 22.2 on; PNG's own sum for the older. */
function checksum(bytes: Buffer): number {
  if (typeof crc32 === "function") return crc32(bytes);
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** A PNG of 64 × 64 pixels that carries what it should not. */
function png(more: readonly Buffer[], pixels = deflateSync(Buffer.alloc(64 * (64 * 3 + 1)))): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(64, 0);
  header.writeUInt32BE(64, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), ...more, chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

describe("a picture or a prompt made to exhaust", () => {
  let served: Running;
  const post = (body: object): ReturnType<typeof send> => send(served, JSON.stringify(body), "application/json");
  const residentMiB = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${served.child.pid}/status`, "utf8"))![1]) / 1024;

  before(async function () {
    if (process.platform !== "linux") return this.skip();
    served = await startDemo("omnisearch-clip");
  });
  afterEach(async () => {
    assert.equal(served.child.exitCode, null, "the process is alive");
    assert.equal((await post({ data: "red shirt" })).status, 200);
  });
  after(async () => {
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  it("of 64 megapixels in a few bytes is read in every format without loss, and its memory comes back", async () => {
    const bombs = await Promise.all([
      plain(SIDE, SIDE).png({ compressionLevel: 9 }).toBuffer(),
      plain(SIDE, SIDE).webp({ lossless: true, effort: 0 }).toBuffer(),
      plain(SIDE, SIDE).tiff({ compression: "deflate" }).toBuffer(),
    ]);
    const round = async (): Promise<void> => {
      for (const bomb of bombs) assert.equal((await send(served, bomb, "image/png")).status, 200, "what a picture is, its bytes say");
    };
    await round();
    const before = residentMiB();
    await round();
    const growth = residentMiB() - before;
    assert.ok(growth < 96, `${growth.toFixed(0)} MiB more after three pictures of 64 megapixels, of which one decoded takes 192`);
  }).timeout(120_000);

  it("of one row more than that is refused from its header", async () => {
    for (const format of ["png", "tiff"] as const) {
      const bytes = await plain(SIDE, SIDE + 1).toFormat(format).toBuffer();
      const { status, body } = await send(served, bytes, "image/png");
      assert.deepEqual([status, body.error?.code], [413, "image-too-large"], format);
    }
  }).timeout(60_000);

  it("with hundreds of megabytes packed into a comment, a profile or its pixels is read without them", async () => {
    const packed = deflateSync(Buffer.alloc(400_000_000));
    const before = residentMiB();
    for (const bytes of [
      png([chunk("zTXt", Buffer.concat([Buffer.from("k\0\0"), packed]))]),
      png([chunk("iTXt", Buffer.concat([Buffer.from("k\0\x01\0\0\0", "latin1"), packed]))]),
      png([chunk("iCCP", Buffer.concat([Buffer.from("k\0\0"), packed]))]),
      png([], packed),
    ]) {
      assert.ok([200, 400].includes((await send(served, bytes, "image/png")).status));
    }
    const growth = residentMiB() - before;
    assert.ok(growth < 96, `${growth.toFixed(0)} MiB more`);
  }).timeout(30_000);

  it("that is a program, or of a format with a decoder too many, is refused under any name", async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><image href="file:///etc/passwd"/></svg>');
    const avif = await plain(64, 64).avif({ effort: 0 }).toBuffer();
    for (const bytes of [svg, avif, Buffer.from("%PDF-1.7\n"), Buffer.from("BM\0\0\0\0")]) {
      for (const type of ["image/svg+xml", "image/png", "application/x-image"]) {
        const { status, body } = await send(served, bytes, type);
        assert.deepEqual([status, body.error?.code], [415, "image-unsupported"], type);
      }
      const { status } = await post({ type: "image", data: bytes.toString("base64") });
      assert.equal(status, 415);
    }
  });

  it("of a megabyte and of six is cut at what the network reads", async () => {
    for (const text of ["a".repeat(6_000_000), "red shirt ".repeat(100_000), "😀".repeat(250_000), `a${"\u0301".repeat(400_000)}`, "\ufdfa".repeat(300_000), " ".repeat(1_000_000) + "a"]) {
      const { status, body } = await post({ data: text });
      assert.deepEqual([status, (body.embedding as number[]).length], [200, 512]);
    }
  }).timeout(60_000);

  it("that is an address leads nowhere but to S3", async () => {
    for (const data of ["file:///etc/passwd", "http://127.0.0.1/", "s3://", "s3://a/b", "s3://Bucket/key", "s3://bucket/"]) {
      const { status, body } = await post({ type: "image", data });
      assert.deepEqual([status, body.error?.code, body.error?.path], [400, "validation-failed", "/data"], data);
    }
  });

  it("leaves no file open", () => {
    const open = readdirSync(`/proc/${served.child.pid}/fd`).length;
    assert.ok(open < 100, `${open} open files`);
  });
});
