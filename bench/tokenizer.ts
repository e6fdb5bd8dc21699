/**
 * CLIP's tokenizer: ready from a parsed file, short captions, 10,000 strings in many scripts, a word of a megabyte.
 *
 *     npx tsx bench/tokenizer.ts > bench/results/tokenizer.json
 */
import { ClipTokenizer } from "../container/src/clip/tokenizer";
import { manyStrings } from "../tests/container/clip/strings";
import { clipTokenizerFile } from "../tests/container/clip/vocabulary";
import { machine, summary } from "./support/machine";

const text = JSON.stringify(clipTokenizerFile());
const captions = ["a photo of a red striped shirt", "blue denim jacket, worn", "woman's running shoes size 38"];
const strings = manyStrings();
const word = "ab".repeat(2 ** 19);

function times(repeats: number, work: () => void): ReturnType<typeof summary> {
  const measured: number[] = [];
  for (let at = 0; at < repeats; at += 1) {
    const began = performance.now();
    work();
    measured.push(performance.now() - began);
  }
  return summary(measured);
}

const parseMs = times(7, () => void JSON.parse(text));
const file: unknown = JSON.parse(text);
const buildMs = times(7, () => void new ClipTokenizer(file));
const tokenizer = new ClipTokenizer(file);
const results = {
  parseMs,
  buildMs,
  thousandCaptionsMs: times(9, () => {
    for (let at = 0; at < 1000; at += 1) tokenizer.encode(captions[at % captions.length]!);
  }),
  tenThousandStringsMs: times(5, () => strings.forEach((one) => tokenizer.encode(one))),
  wordOfAMegabyteMs: times(3, () => void tokenizer.encode(word)),
};
console.log(JSON.stringify({ machine: machine(), date: new Date().toISOString().slice(0, 10), results }, null, 2));
