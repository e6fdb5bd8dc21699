import { bicubicWasm } from "./bicubic-wasm";

/** 8-bit samples, row by row, 3 or 4 to a pixel. */
export interface Samples {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** The part of the scaled image that is wanted. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Scales with Pillow's antialiased bicubic filter, bit for bit, and returns one window of the
 * result, 4 bytes a pixel (of no meaning is the fourth of a source of 3). Rows and columns that the
 * window does not need are not touched: working memory is `source rows × window width × 4` bytes.
 *
 * @param target the size the whole image is scaled to.
 * @returns a view that the next call overwrites.
 */
export function bicubicWindow(source: Samples, target: { readonly width: number; readonly height: number }, window: Window): Uint8Array {
  const across = tables(source.width, target.width, window.left, window.width);
  const down = tables(source.height, target.height, window.top, window.height);
  const rowBytes = source.width * source.channels;
  // Of each row the columns that the window needs.
  const columnsAt = across.first * source.channels;
  const columnBytes = (across.last - across.first) * source.channels;
  const lineBytes = align(window.width * 4);

  // Laid out one after the other: the tables, a piece of the source (and 16 bytes that a load may look past it), the lines, the answer.
  const boundsAt = 0;
  const weightsAt = align(across.bounds.byteLength);
  const downAt = weightsAt + align(across.halves.byteLength);
  const sourceAt = downAt + align(down.weights.byteLength);
  const linesAt = sourceAt + align(columnBytes + 16);
  const answerAt = linesAt + lineBytes * (down.last - down.first);
  const memory = reserve(answerAt + lineBytes * window.height);
  new Int32Array(memory, boundsAt, across.bounds.length).set(across.bounds);
  new Int16Array(memory, weightsAt, across.halves.length).set(across.halves);
  new Int32Array(memory, downAt, down.weights.length).set(down.weights);
  const bytes = new Uint8Array(memory);

  for (let row = down.first; row < down.last; row += 1) {
    const at = row * rowBytes + columnsAt;
    bytes.set(source.data.subarray(at, at + columnBytes), sourceAt);
    kernel.horizontal(sourceAt, source.channels, linesAt + (row - down.first) * lineBytes, window.width, boundsAt, weightsAt, across.stride);
  }
  for (let line = 0; line < window.height; line += 1) {
    const from = linesAt + (down.starts[line]! - down.first) * lineBytes;
    kernel.vertical(from, answerAt + line * lineBytes, lineBytes, downAt + line * down.taps * 4, down.counts[line]!);
  }
  if (lineBytes === window.width * 4) return bytes.subarray(answerAt, answerAt + lineBytes * window.height);
  for (let line = 1; line < window.height; line += 1) {
    bytes.copyWithin(answerAt + line * window.width * 4, answerAt + line * lineBytes, answerAt + line * lineBytes + window.width * 4);
  }
  return bytes.subarray(answerAt, answerAt + window.width * window.height * 4);
}

/** The weights of one direction as the kernel reads them. */
interface Tables {
  /** The first and last source samples that any output sample needs, the last not among them. */
  readonly first: number;
  readonly last: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Whole weights, `taps` for each output sample. */
  readonly weights: Int32Array;
  readonly taps: number;
  /** For each output sample its first source sample, counted from `first`, and the bytes of its halves. */
  readonly bounds: Int32Array;
  /** Weights in two halves, `stride` bytes for each output sample: of every four taps the low 12 bits, then what is above. */
  readonly halves: Int16Array;
  readonly stride: number;
}

/** Photos of one camera or shop have one size: the tables of the last few are kept. */
const kept = new Map<string, Tables>();
const MOST_KEPT = 16;

function tables(from: number, to: number, start: number, count: number): Tables {
  const key = [from, to, start, count].join();
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = tablesOf(weightsOf(from, to, start, count), count);
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(key, made);
  return made;
}

function tablesOf({ bounds, weights, taps }: Weights, count: number): Tables {
  const starts = Int32Array.from({ length: count }, (_, sample) => bounds[2 * sample]!);
  const counts = Int32Array.from({ length: count }, (_, sample) => bounds[2 * sample + 1]!);
  const first = starts[0]!;
  const last = starts.reduce((most, low, sample) => Math.max(most, low + counts[sample]!), 0);
  const fours = Math.ceil(taps / 4);
  const halves = new Int16Array(count * fours * 8);
  const placed = new Int32Array(2 * count);
  for (let sample = 0; sample < count; sample += 1) {
    placed[2 * sample] = starts[sample]! - first;
    placed[2 * sample + 1] = Math.ceil(counts[sample]! / 4) * 16;
    for (let tap = 0; tap < counts[sample]!; tap += 1) {
      const weight = weights[sample * taps + tap]!;
      const at = (sample * fours + (tap >> 2)) * 8 + (tap & 3);
      halves[at] = weight & (2 ** LOW_BITS - 1);
      halves[at + 4] = weight >> LOW_BITS;
    }
  }
  return { first, last, starts, counts, weights, taps, bounds: placed, halves, stride: fours * 16 };
}

const LOW_BITS = 12;

interface Weights {
  /** For each output sample the first input sample, and how many. */
  readonly bounds: Int32Array;
  /** `taps` weights for each output sample, 22 fractional bits. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow's Resample.c, for `count` samples from `first` on. */
export function weightsOf(from: number, to: number, first: number, count: number): Weights {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = BICUBIC_SUPPORT * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const bounds = new Int32Array(2 * count);
  const weights = new Int32Array(taps * count);
  const exact = new Float64Array(taps);
  for (let sample = 0; sample < count; sample += 1) {
    const centre = (first + sample + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(from, Math.trunc(centre + support + 0.5));
    let total = 0;
    for (let tap = 0; tap < high - low; tap += 1) {
      exact[tap] = bicubic((tap + low - centre + 0.5) * (1 / stretch));
      total += exact[tap]!;
    }
    for (let tap = 0; tap < high - low; tap += 1) {
      const weight = total === 0 ? exact[tap]! : exact[tap]! / total;
      weights[sample * taps + tap] = Math.trunc(weight * ONE + (weight < 0 ? -0.5 : 0.5));
    }
    bounds[2 * sample] = low;
    bounds[2 * sample + 1] = high - low;
  }
  return { bounds, weights, taps };
}

const BICUBIC_SUPPORT = 2;
const ONE = 2 ** 22;

/** Keys' cubic with a = −0.5, in the order of operations of Pillow's `bicubic_filter`. */
function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

interface Kernel {
  horizontal(source: number, channels: number, target: number, count: number, bounds: number, weights: number, stride: number): void;
  vertical(source: number, target: number, width: number, weights: number, taps: number): void;
}

const PAGE_BYTES = 65536;
const working = new WebAssembly.Memory({ initial: 1 });
const kernel = new WebAssembly.Instance(new WebAssembly.Module(bicubicWasm), { host: { memory: working } }).exports as unknown as Kernel;

/** The working memory, at least this large. It grows to the largest image seen and is used again. */
function reserve(bytes: number): ArrayBuffer {
  const missing = bytes - working.buffer.byteLength;
  if (missing > 0) working.grow(Math.ceil(missing / PAGE_BYTES));
  return working.buffer;
}

const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;
