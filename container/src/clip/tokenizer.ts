import { BytePairEncoder } from "./byte-pair";
import { readTokenizerFile, type AddedToken } from "./tokenizer-file";

/** Tokens that a CLIP text tower takes, the start and the end among them. */
export const CLIP_CONTEXT_LENGTH = 77;

/**
 * CLIP's tokenizer, from the `tokenizer.json` of the artifact: the ids are those of Hugging Face's
 * `tokenizers` reading the same file (docs/decisions/clip-tokenizer.md says how that is held,
 * and where OpenCLIP's own tokenizer cleans its text differently first).
 */
export class ClipTokenizer {
  readonly startId: number;
  readonly endId: number;
  private readonly encoder: BytePairEncoder;
  private readonly raw: TokenFinder;
  private readonly normalised: TokenFinder;

  /**
   * @param file the parsed `tokenizer.json`.
   * @throws Error saying which part of the file is not CLIP's.
   */
  constructor(file: unknown) {
    const parts = readTokenizerFile(file);
    this.startId = parts.startId;
    this.endId = parts.endId;
    this.encoder = new BytePairEncoder(parts.vocabulary, parts.merges);
    this.raw = new TokenFinder(parts.addedTokens.filter((token) => !token.normalized));
    this.normalised = new TokenFinder(
      parts.addedTokens.filter((token) => token.normalized).map((token) => ({ ...token, content: normalise(token.content) })),
    );
  }

  /**
   * Token ids of a text: start, text, end, as many as there are and never padded, because a text
   * tower's cost follows its length. A longer text is cut so that the end is still the last token.
   * Lone surrogates read as U+FFFD. Work is linear in the text and stops at the cut.
   *
   * @param contextLength most ids to return, the start and the end among them; at least 2.
   */
  encode(text: string, contextLength = CLIP_CONTEXT_LENGTH): number[] {
    const ids = [this.startId];
    for (const id of this.textIds(text.replace(/\p{Surrogate}/gu, "\ufffd"))) {
      if (ids.length === contextLength - 1) break;
      ids.push(id);
    }
    ids.push(this.endId);
    return ids;
  }

  private *textIds(text: string): Generator<number> {
    for (const outer of this.raw.split(text)) {
      if (typeof outer === "number") {
        yield outer;
        continue;
      }
      for (const inner of this.normalised.split(normalise(outer))) {
        if (typeof inner === "number") yield inner;
        else for (const [word] of inner.matchAll(WORDS)) yield* this.encoder.encode(word);
      }
    }
  }
}

/**
 * NFC, every run of white space one space, lower case. White space is Unicode's property, not
 * JavaScript's `\s` (which has U+FEFF and lacks U+0085). Lower case goes letter by letter, as
 * Hugging Face's does: a final Σ becomes σ, where `toLowerCase` over the word would give ς.
 */
function normalise(text: string): string {
  return text.normalize("NFC").replace(/\p{White_Space}+/gu, " ").replaceAll("Σ", "σ").toLowerCase();
}

/** English contractions; a run of letters; one digit; a run of anything else. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu;

/** Finds tokens that are written out in a text, such as `<|endoftext|>`; the longest wins. */
class TokenFinder {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly pattern: RegExp | undefined;

  constructor(tokens: readonly AddedToken[]) {
    this.ids = new Map(tokens.map((token) => [token.content, token.id]));
    const longestFirst = [...this.ids.keys()].sort((a, b) => b.length - a.length);
    const literal = (content: string): string => content.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    if (longestFirst.length > 0) this.pattern = new RegExp(longestFirst.map(literal).join("|"), "gu");
  }

  /** The text between the tokens as strings, the tokens as ids, in order. */
  *split(text: string): Generator<string | number> {
    let from = 0;
    if (this.pattern !== undefined) {
      for (const match of text.matchAll(this.pattern)) {
        if (match.index > from) yield text.slice(from, match.index);
        yield this.ids.get(match[0])!;
        from = match.index + match[0].length;
      }
    }
    if (from < text.length) yield text.slice(from);
  }
}
