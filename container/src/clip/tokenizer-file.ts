/** A token that stands in a text as itself and is never cut into words. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** It is looked for after the text was normalised, so in any case. */
  readonly normalized: boolean;
}

/** What CLIP's tokenizer needs of a `tokenizer.json`. */
export interface TokenizerParts {
  readonly vocabulary: { readonly [token: string]: number };
  /** Halves of each merge, the first learnt first. */
  readonly merges: readonly (readonly [string, string])[];
  readonly addedTokens: readonly AddedToken[];
  readonly startId: number;
  readonly endId: number;
}

/** The two spellings of CLIP's word pattern; the byte-level step after it makes them equal. */
const CLIP_WORD_PATTERNS = [
  "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
];

/**
 * Reads the JSON of a Hugging Face `tokenizer.json`, and refuses one that is not CLIP's: its
 * normaliser and word pattern are written in code, so another file would give wrong ids in silence.
 *
 * Truncation and padding that the file may carry are not applied: the tower's context length is.
 */
export function readTokenizerFile(file: unknown): TokenizerParts {
  const root = record(file, "the file");
  const model = record(root["model"], "model");
  expect(model["type"] === undefined || model["type"] === "BPE", "model.type", model["type"], '"BPE"');
  expect(model["end_of_word_suffix"] === "</w>", "model.end_of_word_suffix", model["end_of_word_suffix"], '"</w>"');
  expect(!model["continuing_subword_prefix"], "model.continuing_subword_prefix", model["continuing_subword_prefix"], "none");
  expect(!model["dropout"], "model.dropout", model["dropout"], "none");
  expect(!model["ignore_merges"], "model.ignore_merges", model["ignore_merges"], "false");
  checkNormaliser(root["normalizer"]);
  checkWords(root["pre_tokenizer"]);

  const vocabulary = record(model["vocab"], "model.vocab") as { [token: string]: number };
  const special = startAndEnd(record(root["post_processor"], "post_processor"));
  return {
    vocabulary,
    merges: list(model["merges"], "model.merges").map(readMerge),
    addedTokens: list(root["added_tokens"], "added_tokens").map(readAddedToken),
    ...special,
  };
}

function checkNormaliser(value: unknown): void {
  const steps = list(record(value, "normalizer")["normalizers"], "normalizer.normalizers").map((step) => record(step, "normalizer.normalizers"));
  const kinds = steps.map((step) => step["type"]).join(", ");
  expect(kinds === "NFC, Replace, Lowercase", "normalizer", kinds, "NFC, Replace, Lowercase");
  const replace = steps[1]!;
  const pattern = record(replace["pattern"], "normalizer.Replace.pattern")["Regex"];
  expect(pattern === "\\s+" && replace["content"] === " ", "normalizer.Replace", [pattern, replace["content"]], 'white space "\\s+" by " "');
}

function checkWords(value: unknown): void {
  const steps = list(record(value, "pre_tokenizer")["pretokenizers"], "pre_tokenizer.pretokenizers").map((step) => record(step, "pre_tokenizer.pretokenizers"));
  const kinds = steps.map((step) => step["type"]).join(", ");
  expect(kinds === "Split, ByteLevel", "pre_tokenizer", kinds, "Split, ByteLevel");
  const [split, byteLevel] = steps as [Record<string, unknown>, Record<string, unknown>];
  const pattern = record(split["pattern"], "pre_tokenizer.Split.pattern")["Regex"];
  expect(CLIP_WORD_PATTERNS.includes(pattern as string), "pre_tokenizer.Split.pattern", pattern, CLIP_WORD_PATTERNS[0]!);
  expect(split["behavior"] === "Removed" && split["invert"] === true, "pre_tokenizer.Split", [split["behavior"], split["invert"]], "Removed, inverted");
  expect(byteLevel["add_prefix_space"] === false, "pre_tokenizer.ByteLevel.add_prefix_space", byteLevel["add_prefix_space"], "false");
  expect(byteLevel["use_regex"] !== false, "pre_tokenizer.ByteLevel.use_regex", byteLevel["use_regex"], "true");
}

/** Both forms in use: RoBERTa's `cls` and `sep` pairs, or a template whose ends are special tokens. */
function startAndEnd(processor: Record<string, unknown>): { startId: number; endId: number } {
  if (processor["type"] === "RobertaProcessing") {
    const id = (part: string): number => integer(list(processor[part], `post_processor.${part}`)[1], `post_processor.${part}`);
    return { startId: id("cls"), endId: id("sep") };
  }
  expect(processor["type"] === "TemplateProcessing", "post_processor.type", processor["type"], "RobertaProcessing or TemplateProcessing");
  const single = list(processor["single"], "post_processor.single").map((piece) => record(piece, "post_processor.single"));
  expect(single.length === 3 && "Sequence" in single[1]!, "post_processor.single", single, "start, text, end");
  const special = record(processor["special_tokens"], "post_processor.special_tokens");
  const id = (piece: Record<string, unknown>): number => {
    const name = record(piece["SpecialToken"], "post_processor.single")["id"];
    return integer(list(record(special[String(name)], `special token ${String(name)}`)["ids"], "ids")[0], `special token ${String(name)}`);
  };
  return { startId: id(single[0]!), endId: id(single[2]!) };
}

/** Merges are `"a b"` in older files and `["a", "b"]` in newer ones. */
function readMerge(value: unknown, rank: number): readonly [string, string] {
  const halves = typeof value === "string" ? value.split(" ") : value;
  if (Array.isArray(halves) && halves.length === 2 && halves.every((half) => typeof half === "string" && half !== "")) {
    return halves as [string, string];
  }
  throw wrong(`model.merges[${rank}]`, value, "two halves");
}

function readAddedToken(value: unknown, index: number): AddedToken {
  const at = `added_tokens[${index}]`;
  const token = record(value, at);
  const content = token["content"];
  if (typeof content !== "string" || content === "") throw wrong(`${at}.content`, content, "text");
  for (const flag of ["single_word", "lstrip", "rstrip"]) expect(!token[flag], `${at}.${flag}`, token[flag], "false");
  return { id: integer(token["id"], `${at}.id`), content, normalized: token["normalized"] === true };
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at, value, "an object");
  return value as Record<string, unknown>;
}

function list(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(at, value, "a list");
  return value;
}

function integer(value: unknown, at: string): number {
  if (!Number.isInteger(value)) throw wrong(at, value, "an integer");
  return value as number;
}

function expect(holds: boolean, at: string, got: unknown, wanted: string): void {
  if (!holds) throw wrong(at, got, wanted);
}

function wrong(at: string, got: unknown, wanted: string): Error {
  const shown = JSON.stringify(got)?.slice(0, 80) ?? "nothing";
  return new Error(`not a CLIP tokenizer: ${at} is ${shown}, expected ${wanted}`);
}
