import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { byteLetters } from "../../../container/src/clip/byte-pair";

const fixtures = join(__dirname, "../../fixtures/clip");

/**
 * CLIP's `tokenizer.json` as Hugging Face publishes it for `openai/clip-vit-base-patch32`, built
 * from CLIP's merges. Run as a script it writes the file, for tests/oracles/tokenizer.py.
 */
export function clipTokenizerFile(): Record<string, unknown> {
  const merges = gunzipSync(readFileSync(join(fixtures, "merges.txt.gz"))).toString("utf8").trimEnd().split("\n");
  // The order of the letters gives their ids: the printable bytes first, as OpenAI's list has them.
  const letters = byteLetters();
  const ordered = [...letters.filter((letter) => letter < "\u0100"), ...letters.filter((letter) => letter >= "\u0100")];
  const tokens = [...ordered, ...ordered.map((letter) => `${letter}</w>`), ...merges.map((merge) => merge.replace(" ", "")), start, end];
  const added = (content: string, normalized: boolean) => ({
    id: tokens.indexOf(content), content, single_word: false, lstrip: false, rstrip: false, normalized, special: true,
  });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [added(start, true), added(end, false)],
    normalizer: {
      type: "Sequence",
      normalizers: [{ type: "NFC" }, { type: "Replace", pattern: { Regex: "\\s+" }, content: " " }, { type: "Lowercase" }],
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: "Removed",
          invert: true,
        },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: [end, tokens.indexOf(end)],
      cls: [start, tokens.indexOf(start)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: end,
      continuing_subword_prefix: "",
      end_of_word_suffix: "</w>",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

const start = "<|startoftext|>";
const end = "<|endoftext|>";

if (require.main === module) process.stdout.write(JSON.stringify(clipTokenizerFile()));
