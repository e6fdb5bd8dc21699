/**
 * Ten thousand strings in many scripts, the same on every machine: what the tokenizers are held
 * against one another on. Run as a script it writes them as JSON lines, for tests/oracles/tokenizer.py.
 */
export const STRING_COUNT = 10_000;

/** First and last code point of letters and signs that every Unicode since 13 has assigned. */
const scripts: readonly (readonly [number, number])[] = [
  [0x61, 0x7a], [0x41, 0x5a], [0xc0, 0xff], [0x100, 0x17f], [0x1e00, 0x1eff], // Latin
  [0x391, 0x3a1], [0x3a3, 0x3ce], [0x1f80, 0x1faf], // Greek
  [0x400, 0x4ff], [0x531, 0x556], [0x5d0, 0x5ea], [0x620, 0x65f], // Cyrillic, Armenian, Hebrew, Arabic
  [0x905, 0x94d], [0x985, 0x98c], [0xb85, 0xb8a], [0xe01, 0xe3a], [0xe40, 0xe5b], // Indic, Thai
  [0x10d0, 0x10fa], [0x13a0, 0x13ef], [0x1200, 0x1248], [0x1780, 0x17b3], // Georgian, Cherokee, Ethiopic, Khmer
  [0x3041, 0x3096], [0x30a1, 0x30fa], [0x4e00, 0x9fff], [0xac00, 0xd7a3], [0x1100, 0x1112], // East Asia
  [0x10400, 0x1044f], [0x1d400, 0x1d454], [0x1e900, 0x1e943], [0x20000, 0x200ff], // beyond the first plane
  [0x300, 0x36f], [0x20d0, 0x20f0], // combining
  [0x30, 0x39], [0x660, 0x669], [0xb2, 0xb3], [0x2150, 0x218b], [0x2460, 0x249b], // numbers
  [0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e], [0xa1, 0xbf], [0x2010, 0x2027], [0x2190, 0x21ff], [0x3001, 0x3011],
  [0x1f300, 0x1f64f], [0x1f680, 0x1f6c5], [0x1f1e6, 0x1f1ff], [0x2600, 0x26ff], [0xfe00, 0xfe0f], // emoji
  [0xff01, 0xff5e], [0xfb00, 0xfb06], [0xe000, 0xe010], // wide forms, ligatures, private use
];
const spaces = [" ", " ", " ", " ", "  ", "\t", "\n", "\r\n", "\u0085", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", "\u001c", "\u2028"];
const words = (
  "a photo of the red striped shirt blue denim jacket woman's man's it's we're I'll don't they've I'm he'd running SHOES " +
  "sneakers size 42 price $19.99 50% off 100,000 C++ e-mail co-op naïve café résumé ΟΔΥΣΣΕΥΣ Σ İstanbul DIYARBAKIR straße " +
  "ﬁne Å Å ñ n\u0303 'S 'LL 'ſ K &amp; &lt;b&gt; &#39; &nbsp; <b> #tag @user http://example.com/a?b=c_d schÃ¶n â€œquotedâ€\u009d " +
  "<|startoftext|> <|endoftext|> <|ENDOFTEXT|> <|StartOfText|> <start_of_text> <end_of_text> ... --- !!! ?! :-) </w> in</w> ĠĠ \u0000 \u0007 \u007f"
).split(" ");

/** The strings, in order. */
export function manyStrings(count = STRING_COUNT): string[] {
  const random = mulberry32(20261123);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const letters = (length: number): string => {
    const [first, last] = pick(scripts);
    return Array.from({ length }, () => String.fromCodePoint(first + below(last - first + 1))).join("");
  };
  const piece = (): string => (random() < 0.5 ? pick(words) : letters(1 + below(8)));
  const phrase = (pieces: number): string =>
    Array.from({ length: pieces }, () => piece() + (random() < 0.8 ? pick(spaces) : "")).join("");

  const kinds: (() => string)[] = [
    () => phrase(1 + below(12)),
    () => Array.from({ length: 1 + below(10) }, () => pick(words)).join(" "),
    () => letters(1 + below(30)),
    () => phrase(40 + below(60)),
    () => pick(spaces) + phrase(below(4)) + pick(spaces),
    () => letters(1) .repeat(1 + below(300)),
  ];
  return Array.from({ length: count }, (_, index) => (index === 0 ? "" : pick(kinds)()));
}

/** A small seeded generator of numbers in [0, 1) (public domain, Tommy Ettinger). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

if (require.main === module) process.stdout.write(manyStrings().map((text) => JSON.stringify(text)).join("\n") + "\n");
