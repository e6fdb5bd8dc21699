import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ClipTokenizer } from "../../../container/src/clip/tokenizer";
import { manyStrings, mulberry32 } from "./strings";
import { clipTokenizerFile } from "./vocabulary";

/** Written by tests/oracles/tokenizer.py, which says from which versions. */
interface Reference {
  readonly strings: { readonly count: number; readonly sha256: string };
  readonly huggingFace: { readonly sha256: string };
  readonly openClip: { readonly differsOnRawText: number[]; readonly sha256OfTheRest: string; readonly cleaned: Case[] };
  readonly cases: Case[];
}
interface Case {
  readonly text: string;
  readonly ids: number[];
}

const reference = JSON.parse(readFileSync(join(__dirname, "../../fixtures/clip/token-ids.json"), "utf8")) as Reference;
const START = 49406;
const END = 49407;

describe("CLIP tokenizer", () => {
  let tokenizer: ClipTokenizer;
  let strings: string[];
  let encoded: number[][];
  before(() => {
    tokenizer = new ClipTokenizer(clipTokenizerFile());
    strings = manyStrings();
    encoded = strings.map((text) => tokenizer.encode(text));
  });

  it("gives the ids that OpenAI's tokenizer is known for", () => {
    assert.deepEqual(tokenizer.encode("a photo of a cat"), [START, 320, 1125, 539, 320, 2368, END]);
    assert.deepEqual(tokenizer.encode(""), [START, END]);
  });

  it("gives Hugging Face's ids on each literal case", () => {
    for (const { text, ids } of reference.cases) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
  });

  it("gives Hugging Face's ids on all 10,000 strings", () => {
    assert.equal(strings.length, reference.strings.count);
    assert.equal(sha256(strings.map(asciiJson).join("\n")), reference.strings.sha256, "the strings are not those of the reference");
    assert.equal(digest(encoded), reference.huggingFace.sha256);
  });

  it("gives OpenCLIP's ids wherever OpenCLIP's text cleaning changes nothing", () => {
    const differs = new Set(reference.openClip.differsOnRawText);
    assert.equal(digest(encoded.filter((_, index) => !differs.has(index))), reference.openClip.sha256OfTheRest);
  });

  it("gives OpenCLIP's ids on text that OpenCLIP has cleaned", () => {
    for (const { text, ids } of reference.openClip.cleaned) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
  });

  it("keeps the end where a text is too long, and never pads", () => {
    const long = tokenizer.encode("shirt ".repeat(500));
    assert.equal(long.length, 77);
    assert.equal(long.at(-1), END);
    assert.deepEqual(tokenizer.encode("red shirt", 3), [START, 736, END]);
    assert.deepEqual(tokenizer.encode("red shirt", 2), [START, END]);
  });

  it("reads a lone surrogate as U+FFFD", () => {
    assert.deepEqual(tokenizer.encode("a\ud800b"), tokenizer.encode("a\ufffdb"));
  });

  it("takes a megabyte without a space in its stride", () => {
    for (const text of ["a".repeat(1 << 20), "ab".repeat(1 << 19), "é🙂".repeat(1 << 18), " ".repeat(1 << 20)]) {
      const ids = tokenizer.encode(text);
      assert.ok(ids.length <= 77 && ids.at(-1) === END);
    }
  });

  it("reads the head alone of a word without end, and the head has no part that depends on the rest", () => {
    const random = mulberry32(7);
    for (const [first, last] of [[0x61, 0x7a], [0x61, 0x62], [0x430, 0x44f], [0x4e00, 0x9fff], [0x1f300, 0x1f64f], [0x21, 0x2f]] as const) {
      const word = Array.from({ length: 40_000 }, () => String.fromCodePoint(first + Math.floor(random() * (last - first + 1)))).join("");
      const whole = tokenizer.encode(word);
      assert.equal(whole.length, 77);
      for (const length of [8_000, 16_001]) assert.deepEqual(tokenizer.encode(word.slice(0, length)), whole);
    }
  });

  it("does not mix up words that are names of object members", () => {
    assert.ok(tokenizer.encode("__proto__ constructor toString").length > 4);
  });

  it("treats merges as pairs like merges as text, and both forms of post-processor", () => {
    const file = clipTokenizerFile() as { model: { merges: unknown }; post_processor: unknown };
    file.model.merges = (file.model.merges as string[]).map((merge) => merge.split(" "));
    file.post_processor = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [START] }, "</s>": { id: "</s>", ids: [END] } },
    };
    assert.deepEqual(new ClipTokenizer(file).encode("a photo of a cat"), tokenizer.encode("a photo of a cat"));
  });

  describe("says what is not CLIP's about a file", () => {
    type File = Record<string, Record<string, unknown>>;
    const spoilt: [string, (file: File) => void, RegExp][] = [
      ["another model", (file) => (file["model"]!["type"] = "WordPiece"), /model\.type is "WordPiece"/],
      ["no lower case", (file) => (file["normalizer"]!["normalizers"] as unknown[]).pop(), /normalizer is "NFC, Replace"/],
      ["another pattern", (file) => ((file["pre_tokenizer"]!["pretokenizers"] as File[])[0]!["pattern"]!["Regex"] = "\\w+"), /Split\.pattern is "\\\\w\+"/],
      ["a merge of nothing", (file) => (file["model"]!["merges"] = ["i n", "xyzzy q"]), /no usable id for "xyzzyq"/],
      ["a merge of one half", (file) => (file["model"]!["merges"] = ["in"]), /model\.merges\[0\] is "in", expected two halves/],
      ["no vocabulary", (file) => delete file["model"]!["vocab"], /model\.vocab is nothing/],
    ];
    for (const [name, spoil, message] of spoilt) {
      it(name, () => {
        const file = clipTokenizerFile() as File;
        spoil(file);
        assert.throws(() => new ClipTokenizer(file), message);
      });
    }
    it("no file at all", () => assert.throws(() => new ClipTokenizer([]), /the file is \[\], expected an object/));
  });
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** JSON as Python writes it with `ensure_ascii`. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** sha256 over each row's length and ids as little-endian 16-bit numbers. */
function digest(rows: readonly number[][]): string {
  const total = createHash("sha256");
  for (const ids of rows) total.update(Uint16Array.from([ids.length, ...ids]));
  return total.digest("hex");
}
