/**
 * Byte-pair encoding of one word: its UTF-8 bytes are joined pair by pair, the pair that was
 * learnt first before all others, the leftmost first among equals, until no pair is left.
 *
 * The pairs wait in a heap, so a long word costs n·log n and cannot stall a thread. Of a word without end its head
 * alone is read: whoever sends six megabytes without a space would otherwise hold the thread for seconds.
 */
export class BytePairEncoder {
  /** Id of a byte inside a word, and of the same byte at its end (`</w>`). */
  private readonly inner = new Int32Array(256);
  private readonly final = new Int32Array(256);
  /** Rank of a merge by its two ids, and the id that each merge gives. */
  private readonly rankByPair = new Map<number, number>();
  private readonly merged: Int32Array;
  private readonly wordsSeen = new Map<string, readonly number[]>();

  /**
   * @param vocabulary id of every token, a byte spelt as GPT-2 spells it.
   * @param merges the two halves of every merge, the first learnt first.
   * @throws Error naming the byte or merge that the vocabulary does not have.
   */
  constructor(vocabulary: { readonly [token: string]: number }, merges: readonly (readonly [string, string])[]) {
    const idOf = (token: string): number => {
      const id = Object.hasOwn(vocabulary, token) ? vocabulary[token] : undefined;
      if (id === undefined || !Number.isInteger(id) || id < 0 || id >= ID_RANGE) {
        throw new Error(`the vocabulary has no usable id for ${JSON.stringify(token)}`);
      }
      return id;
    };
    byteLetters().forEach((letter, byte) => {
      this.inner[byte] = idOf(letter);
      this.final[byte] = idOf(letter + END_OF_WORD);
    });
    this.merged = new Int32Array(merges.length);
    merges.forEach(([left, right], rank) => {
      this.merged[rank] = idOf(left + right);
      this.rankByPair.set(idOf(left) * ID_RANGE + idOf(right), rank);
    });
  }

  /** Ids of a word: a piece of text without spaces, already in the tokenizer's normal form. */
  encode(word: string): readonly number[] {
    const known = this.wordsSeen.get(word);
    if (known !== undefined) return known;
    const ids = this.join(Buffer.from(word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word, "utf8"));
    if (word.length <= REMEMBERED_LENGTH) {
      if (this.wordsSeen.size >= REMEMBERED_WORDS) this.wordsSeen.clear();
      this.wordsSeen.set(word, ids);
    }
    return ids;
  }

  private join(bytes: Uint8Array): number[] {
    const count = bytes.length;
    const ids = Int32Array.from(bytes, (byte, at) => (at === count - 1 ? this.final : this.inner)[byte]!);
    // A linked list over the bytes: a symbol keeps the place of its first byte; count means none.
    const next = Int32Array.from(bytes, (_, at) => at + 1);
    const previous = Int32Array.from(bytes, (_, at) => at - 1);
    const heap = new MinHeap();
    const rankAt = (at: number): number | undefined =>
      at < 0 || next[at]! >= count ? undefined : this.rankByPair.get(ids[at]! * ID_RANGE + ids[next[at]!]!);
    const offer = (at: number): void => {
      const rank = rankAt(at);
      // One number orders by rank and then by place: 2^17 ranks × 2^32 places is below 2^53.
      if (rank !== undefined) heap.push(rank * PLACE_RANGE + at);
    };

    for (let at = 0; at < count; at += 1) offer(at);
    for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
      const at = entry % PLACE_RANGE;
      const rank = (entry - at) / PLACE_RANGE;
      // A neighbour may have been joined since this pair was offered.
      if (ids[at] === JOINED || rankAt(at) !== rank) continue;
      const right = next[at]!;
      ids[at] = this.merged[rank]!;
      ids[right] = JOINED;
      next[at] = next[right]!;
      if (next[at] < count) previous[next[at]] = at;
      offer(previous[at]!);
      offer(at);
    }
    return Array.from(ids.filter((id) => id !== JOINED));
  }
}

/**
 * Characters. A token of CLIP's has at most some dozens, so 77 of them end thousands of characters in, and what
 * follows tens of thousands further on has no part in them (held by a test over words of several scripts).
 */
const LONGEST_WORD = 2 ** 15;
const END_OF_WORD = "</w>";
/** Ids lie below this; CLIP has 49,408. */
const ID_RANGE = 2 ** 17;
const PLACE_RANGE = 2 ** 32;
const JOINED = -1;
/** What the memory of words may hold: 4096 words of up to 32 characters, under a megabyte. */
const REMEMBERED_WORDS = 4096;
const REMEMBERED_LENGTH = 32;

/**
 * How GPT-2 spells each byte as one printable letter, so that a vocabulary is plain text
 * (https://github.com/openai/gpt-2/blob/master/src/encoder.py, `bytes_to_unicode`).
 */
export function byteLetters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let spare = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : spare++));
}

/** The smallest number first. */
class MinHeap {
  private readonly items: number[] = [];

  push(value: number): void {
    const items = this.items;
    let at = items.length;
    items.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= value) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = value;
  }

  pop(): number | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child += 1;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
