import fc from "fast-check";
import sharp from "sharp";
import type { Json } from "../../../contract/json";

/** Numbers, texts and shapes that have broken a parser somewhere. */
const values: readonly Json[] = [
  null, true, false, 0, -1, 1, 0.5, 24, 99, 1e308, -1e308, 5e-324, 2 ** 53, "", " ", "a", "0", "1e999", "\u0000", "\ud800", "é".repeat(100), "s3://example-bucket/key", "s3://", "s3://a/..", "data:image/png;base64,",
  "../../etc/passwd", "__proto__", "<svg onload=x>", "'; DROP", "%s%n", "=".repeat(50), "red striped shirt", [], {}, [[]], [null], [1e308, -1], { a: 1 }, { length: -1 }, { toString: null },
];
export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...values) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
  { weight: 1, arbitrary: fc.nat(120).map((depth) => JSON.parse(`${"[".repeat(depth)}1${"]".repeat(depth)}`) as Json) },
  { weight: 1, arbitrary: fc.nat(2000).map((length) => Array<Json>(length).fill(1)) },
);

type Fields = { readonly [field: string]: Json };

/** A request of the contract with some of its fields changed, dropped or added; now and then several under `instances`. */
export function mutatedJson(examples: readonly Fields[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...examples).chain((example) =>
    fc
      .array(fc.oneof(
        fc.record({ change: fc.constantFrom(...Object.keys(example)), to: hostileValue }),
        fc.record({ drop: fc.constantFrom(...Object.keys(example)) }),
        fc.record({ add: fc.constantFrom("__proto__", "constructor", "x", "", "instances", "inputs"), to: hostileValue }),
      ), { maxLength: 2 })
      .map((edits) => {
        const entries = new Map<string, Json>(Object.entries(example));
        for (const edit of edits) {
          if ("change" in edit) entries.set(edit.change, edit.to);
          else if ("add" in edit) entries.set(edit.add, edit.to);
          else entries.delete(edit.drop);
        }
        // By hand, so that a member may be called __proto__.
        return `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
      }),
  );
  return fc.oneof(
    { weight: 8, arbitrary: one },
    { weight: 2, arbitrary: fc.array(one, { maxLength: 5 }).map((all) => `{"instances":[${all.join(",")}]}`) },
    { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
  );
}

const TOKENS = ["null", "[]", '""', "-1", "1e999", "NaN", "Infinity", '"\\ud800"', "[[[[", '{"a":', "\u0000", "\ufeff", ",", ":", '"', "\\", "\r\n", "--", "--fuzz", "\xff\xd8\xff", "\xff\xd9", "IHDR", "\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x7f\xff\xff\xff"];

/** A few of: bits flipped, bytes cut out, repeated, or replaced by what some format reads as a mark or a length. */
export function mutatedBytes(body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 1, max: 40 }), kind: fc.nat(4), token: fc.constantFrom(...TOKENS), bit: fc.nat(7) });
  return fc.tuple(body, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([original, edits]) => edits.reduce((bytes, { at, length, kind, token, bit }) => {
    const place = Math.floor(at * bytes.length);
    const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place + length)];
    if (kind === 0) {
      const flipped = Buffer.from(bytes);
      if (place < flipped.length) flipped[place]! ^= 1 << bit;
      return flipped;
    }
    if (kind === 1) return Buffer.concat([head, tail]);
    if (kind === 2) return Buffer.concat([head, bytes.subarray(place, place + length), bytes.subarray(place)]);
    if (kind === 3) return Buffer.concat([head, Buffer.from(token, "latin1"), bytes.subarray(place + token.length)]);
    return head; // cut short
  }, Buffer.from(original)));
}

/** A small picture in every format that is read, and some that are not. */
export async function pictures(): Promise<{ readonly type: string; readonly bytes: Buffer }[]> {
  const noise = sharp({ create: { width: 40, height: 30, channels: 3, background: "#c33", noise: { type: "gaussian", mean: 128, sigma: 30 } } });
  const as = async (type: string, image: sharp.Sharp): Promise<{ type: string; bytes: Buffer }> => ({ type, bytes: await image.toBuffer() });
  return [
    ...(await Promise.all([
      as("image/jpeg", noise.clone().jpeg()),
      as("image/jpeg", noise.clone().jpeg({ progressive: true })),
      as("image/jpeg", noise.clone().toColourspace("cmyk").jpeg()),
      as("image/png", noise.clone().png()),
      as("image/png", noise.clone().png({ palette: true })),
      as("image/webp", noise.clone().webp()),
      as("image/webp", noise.clone().webp({ lossless: true })),
      as("image/gif", noise.clone().gif()),
      as("image/tiff", noise.clone().tiff({ compression: "deflate" })),
      as("image/tiff", noise.clone().tiff({ compression: "none", tile: true, tileWidth: 16, tileHeight: 16 })),
    ])),
    { type: "image/svg+xml", bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>') },
    { type: "image/bmp", bytes: Buffer.from("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0", "latin1") },
    { type: "application/x-image", bytes: Buffer.alloc(0) },
  ];
}

/** A form with the file under one name, and fields beside it. */
export function formBody(boundary: string, part: string, file: { readonly type: string; readonly bytes: Buffer }, fields: readonly (readonly [string, string])[]): Buffer {
  const text = fields.map(([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join("");
  const head = `${text}--${boundary}\r\ncontent-disposition: form-data; name="${part}"; filename="a"\r\ncontent-type: ${file.type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}
