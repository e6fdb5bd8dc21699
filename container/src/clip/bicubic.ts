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
  const across = weightsOf(source.width, target.width, window.left, window.width);
  const down = weightsOf(source.height, target.height, window.top, window.height);
  const rowBytes = source.width * source.channels;
  const lineBytes = align(window.width * 4);
  const firstRow = down.bounds[0]!;
  const lastRow = Math.max(...Array.from({ length: window.height }, (_, line) => down.bounds[2 * line]! + down.bounds[2 * line + 1]!));

  // Laid out one after the other: the tables, a source row (and 4 bytes that a load may look past it), the lines, the answer.
  const boundsAt = 0;
  const weightsAt = align(across.bounds.byteLength);
  const downAt = weightsAt + align(across.weights.byteLength);
  const sourceAt = downAt + align(down.weights.byteLength);
  const linesAt = sourceAt + align(rowBytes + 4);
  const answerAt = linesAt + lineBytes * (lastRow - firstRow);
  const memory = reserve(answerAt + lineBytes * window.height);
  new Int32Array(memory, boundsAt, across.bounds.length).set(across.bounds);
  new Int32Array(memory, weightsAt, across.weights.length).set(across.weights);
  new Int32Array(memory, downAt, down.weights.length).set(down.weights);
  const bytes = new Uint8Array(memory);

  for (let row = firstRow; row < lastRow; row += 1) {
    bytes.set(source.data.subarray(row * rowBytes, (row + 1) * rowBytes), sourceAt);
    kernel.horizontal(sourceAt, source.channels, linesAt + (row - firstRow) * lineBytes, window.width, boundsAt, weightsAt, across.taps * 4);
  }
  for (let line = 0; line < window.height; line += 1) {
    const from = linesAt + (down.bounds[2 * line]! - firstRow) * lineBytes;
    kernel.vertical(from, answerAt + line * lineBytes, lineBytes, downAt + line * down.taps * 4, down.bounds[2 * line + 1]!);
  }
  if (lineBytes === window.width * 4) return bytes.subarray(answerAt, answerAt + lineBytes * window.height);
  for (let line = 1; line < window.height; line += 1) {
    bytes.copyWithin(answerAt + line * window.width * 4, answerAt + line * lineBytes, answerAt + line * lineBytes + window.width * 4);
  }
  return bytes.subarray(answerAt, answerAt + window.width * window.height * 4);
}

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
