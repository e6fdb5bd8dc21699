import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { bicubicWindow } from "../../../container/src/clip/bicubic";
import { decodeImage, draftFraction } from "../../../container/src/clip/decode";
import { ImageError } from "../../../container/src/clip/image-format";
import { clipInput, CLIP_TRANSFORM, middle, scale, scaledSize } from "../../../container/src/clip/preprocess";

const images = join(__dirname, "../../fixtures/clip/images");
const read = (name: string): Buffer => readFileSync(join(images, name));
const size = CLIP_TRANSFORM.sizePx;
const decode = (bytes: Uint8Array, maxPixels?: number) => decodeImage(bytes, { shortSidePx: size, ...(maxPixels === undefined ? {} : { maxPixels }) });
const refusal = (code: ImageError["code"], message: RegExp) => (error: unknown) =>
  error instanceof ImageError && error.code === code && message.test(error.message);

describe("CLIP preprocessing", () => {
  const expected = JSON.parse(read("expected.json").toString("utf8")) as {
    images: { [name: string]: { rgbSha256: string; tensorSha256: string } };
  };

  describe("gives Pillow's and torch's values, bit for bit", () => {
    const toTensor = clipInput();
    for (const [name, { rgbSha256, tensorSha256 }] of Object.entries(expected.images)) {
      it(name, async () => {
        const pixels = await decode(read(name));
        const scaled = scaledSize(pixels.width, pixels.height, size);
        const square = scale(pixels, scaled, { left: middle(scaled.width, size), top: middle(scaled.height, size), width: size, height: size });
        assert.equal(sha256(square.filter((_, at) => at % 4 !== 3)), rgbSha256);
        const target = new Float32Array(3 * size * size + 7);
        toTensor(pixels, target, 7);
        assert.equal(sha256(target.slice(7)), tensorSha256);
        assert.ok(target.subarray(0, 7).every((value) => value === 0));
      });
    }
  });

  it("refuses a target that is too small", async () => {
    const pixels = await decode(read("one-pixel.png"));
    assert.throws(() => clipInput()(pixels, new Float32Array(3 * size * size), 1), RangeError);
  });

  it("stays close to itself where a large JPEG is decoded at a fraction", async () => {
    const large = await sharp(read("wide.jpg")).resize(2000, 1500).jpeg({ quality: 90 }).toBuffer();
    const [whole, draft] = [await decodeImage(large, { shortSidePx: 1000 }), await decode(large)];
    assert.equal(whole.width, 2000);
    assert.equal(draft.width, 1000);
    assert.deepEqual(draft.original, { width: 2000, height: 1500 });
    const tensors = [whole, draft].map((pixels) => {
      const target = new Float32Array(3 * size * size);
      clipInput()(pixels, target);
      return target;
    }) as [Float32Array, Float32Array];
    const meanDifference = tensors[0].reduce((sum, value, at) => sum + Math.abs(value - tensors[1][at]!), 0) / tensors[0].length;
    assert.ok(meanDifference < 0.01, `mean difference ${meanDifference}`);
  });

  it("holds at most 16 megapixels of any format, and leaves small images whole", () => {
    assert.equal(draftFraction(1024, 768, 224, true), 1);
    assert.equal(draftFraction(4000, 3000, 224, true), 4);
    assert.equal(draftFraction(4000, 3000, 224, false), 1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }), fc.boolean(), (width, height, jpeg) => {
        const fraction = draftFraction(width, height, 224, jpeg);
        assert.ok((width * height) / fraction ** 2 <= 16 * 2 ** 20);
        assert.ok(fraction === 1 || jpeg || (width * height) / (fraction / 2) ** 2 > 16 * 2 ** 20);
      }),
    );
  });

  describe("refuses", () => {
    it("a picture that claims more pixels than are taken, from its header alone", async () => {
      const bomb = Buffer.from(read("odd.png"));
      bomb.writeUInt32BE(60_000, 16);
      bomb.writeUInt32BE(60_000, 20);
      await assert.rejects(decode(withCrc(bomb)), refusal("image-too-large", /60000 × 60000 pixels are 3600\.0 megapixels; at most 67\.1/));
      await assert.rejects(decode(read("wide.jpg"), 1000), refusal("image-too-large", /at most 0\.0 megapixels/));
    });

    it("a picture that is nearly a line", async () => {
      const line = await sharp({ create: { width: 3000, height: 2, channels: 3, background: "red" } }).png().toBuffer();
      await assert.rejects(decode(line), refusal("image-unsupported", /too thin/));
    });

    it("what is no picture, or none that is read", async () => {
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>');
      const avif = await sharp(read("odd.png")).avif({ effort: 0 }).toBuffer();
      const others = [svg, Buffer.concat([Buffer.from("\ufeff<?xml version='1.0'?>"), svg]), avif, Buffer.from("%PDF-1.7"), Buffer.from("BM______"), Buffer.alloc(0), Buffer.alloc(4096)];
      for (const bytes of others) await assert.rejects(decode(bytes), refusal("image-unsupported", /send JPEG, PNG, WebP, GIF, TIFF/));
    });

    it("what hides behind the first bytes of a picture", async () => {
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      for (const magic of ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF____WEBP", "GIF89a", "II*\0"]) {
        await assert.rejects(decode(Buffer.concat([Buffer.from(magic, "latin1"), svg])), refusal("image-unreadable", /damaged or cut short/));
      }
    });

    for (const name of ["wide.jpg", "progressive.jpg", "odd.png", "lossy.webp", "lossless.webp", "animation.gif", "plain.tiff"]) {
      it(`${name} cut short`, async () => {
        const whole = read(name);
        await assert.rejects(decode(whole.subarray(0, Math.floor(whole.length * 0.4))), refusal("image-unreadable", /damaged or cut short/));
      });
    }

    it("noise in place of a picture, and never ends the process", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom("wide.jpg", "odd.png", "lossy.webp", "animation.gif", "plain.tiff", "cmyk.jpg"),
          fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 20 }),
          async (name, edits) => {
            const bytes = Buffer.from(read(name));
            for (const [place, value] of edits) bytes[Math.floor(place * bytes.length)] = value;
            await decode(bytes).then(
              (pixels) => clipInput()(pixels, new Float32Array(3 * size * size)),
              (error: unknown) => assert.ok(error instanceof ImageError, String(error)),
            );
          },
        ),
        { numRuns: 150 },
      );
    });
  });

  describe("bicubic window", () => {
    it("is the same window of the whole scaled image", () => {
      const source = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), channels: fc.constantFrom(3 as const, 4 as const) });
      fc.assert(
        fc.property(source, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.gen(), ({ width, height, channels }, toWidth, toHeight, gen) => {
          const data = gen(fc.uint8Array, { minLength: width * height * channels, maxLength: width * height * channels });
          const left = gen(fc.nat, { max: toWidth - 1 });
          const top = gen(fc.nat, { max: toHeight - 1 });
          const part = { left, top, width: gen(fc.integer, { min: 1, max: toWidth - left }), height: gen(fc.integer, { min: 1, max: toHeight - top }) };
          const samples = { data, width, height, channels };
          const target = { width: toWidth, height: toHeight };
          const whole = Uint8Array.from(bicubicWindow(samples, target, { left: 0, top: 0, ...target }));
          const window = bicubicWindow(samples, target, part);
          for (let row = 0; row < part.height; row += 1) {
            for (let column = 0; column < part.width; column += 1) {
              for (let channel = 0; channel < channels; channel += 1) {
                assert.equal(window[(row * part.width + column) * 4 + channel], whole[((top + row) * toWidth + left + column) * 4 + channel]);
              }
            }
          }
        }),
      );
    });

    it("keeps a plain colour plain", () => {
      fc.assert(
        fc.property(fc.nat(255), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (level, width, height) => {
          const window = bicubicWindow({ data: new Uint8Array(width * height * 4).fill(level), width, height, channels: 4 }, { width: 31, height: 17 }, { left: 0, top: 0, width: 31, height: 17 });
          assert.ok(window.every((value) => value === level));
        }),
      );
    });
  });
});

const sha256 = (bytes: Uint8Array | Float32Array): string => createHash("sha256").update(bytes).digest("hex");

/** A PNG whose header was edited, its header's checksum set right. */
function withCrc(png: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of png.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  png.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 29);
  return png;
}
