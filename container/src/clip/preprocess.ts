import { bicubicWindow, type Window } from "./bicubic";
import type { Pixels } from "./decode";

/** What a CLIP image tower was trained to see. */
export interface ImageTransform {
  /** Side of the square that the tower takes. Pixels. */
  readonly sizePx: number;
  /** Mean and standard deviation of red, green and blue, in 0–1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** OpenAI's, which OpenCLIP uses too. Source: https://github.com/openai/CLIP/blob/main/clip/clip.py, `_transform`. */
export const CLIP_TRANSFORM: ImageTransform = Object.freeze({
  sizePx: 224,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const);

/**
 * CLIP's validation transform: bicubic to the short side with antialiasing, the square out of the
 * middle, RGB, less the mean, over the deviation. Bit for bit what Pillow and torch give for the
 * same pixels (tests/oracles/preprocess.py); alpha weighs the colours while scaling and is dropped.
 *
 * @param target receives `3 × sizePx × sizePx` floats from `offset` on: planes of red, green, blue.
 * Synchronous, 1–2 ms for a megapixel; allocates nothing that grows with the image.
 */
export type ClipInput = (pixels: Pixels, target: Float32Array, offset?: number) => void;

/** The transform as a function, its tables made once. */
export function clipInput({ sizePx, mean, std }: ImageTransform = CLIP_TRANSFORM): ClipInput {
  const [red, green, blue] = levelTables(mean, std);
  const plane = sizePx * sizePx;
  return (pixels, target, offset = 0) => {
    if (target.length - offset < 3 * plane) throw new RangeError(`${target.length - offset} floats are left for ${3 * plane} values`);
    const scaled = scaledSize(pixels.width, pixels.height, sizePx);
    const square = scale(pixels, scaled, {
      left: middle(scaled.width, sizePx),
      top: middle(scaled.height, sizePx),
      width: sizePx,
      height: sizePx,
    });
    for (let from = 0, to = offset; to < offset + plane; from += 4, to += 1) {
      target[to] = red[square[from]!]!;
      target[to + plane] = green[square[from + 1]!]!;
      target[to + 2 * plane] = blue[square[from + 2]!]!;
    }
  };
}

/**
 * A window of an image scaled to a size, as red, green, blue and one byte of no meaning.
 *
 * @returns a view that the next call overwrites.
 */
export function scale(pixels: Pixels, size: { readonly width: number; readonly height: number }, window: Window): Uint8Array {
  const channels = pixels.colours === "rgb" ? 3 : 4;
  // Pillow weighs colours by alpha only where it has to scale.
  const weighed = pixels.colours === "rgba" && (size.width !== pixels.width || size.height !== pixels.height);
  const data = weighed ? premultiplied(pixels.data) : pixels.data;
  const scaled = bicubicWindow({ data, width: pixels.width, height: pixels.height, channels }, size, window);
  if (weighed) unpremultiply(scaled);
  if (pixels.colours === "cmyk") cmykToRgb(scaled);
  return scaled;
}

/** The size after scaling the short side to `sizePx`; the long side is cut down as torchvision does. */
export function scaledSize(width: number, height: number, sizePx: number): { width: number; height: number } {
  return width <= height
    ? { width: sizePx, height: Math.trunc((sizePx * height) / width) }
    : { width: Math.trunc((sizePx * width) / height), height: sizePx };
}

/** Where a square of `sizePx` starts in the middle of a side; halves go to the even number, as in Python. */
export function middle(side: number, sizePx: number): number {
  const half = (side - sizePx) / 2;
  return Number.isInteger(half) ? half : 2 * Math.round(half / 2);
}

/** For each colour, the value of each of its 256 levels: in float32 at every step, as torch computes. */
function levelTables(mean: ImageTransform["mean"], std: ImageTransform["std"]): [Float32Array, Float32Array, Float32Array] {
  const f = Math.fround;
  const table = (colour: 0 | 1 | 2): Float32Array =>
    Float32Array.from({ length: 256 }, (_, level) => f(f(f(level / 255) - f(mean[colour])) / f(std[colour])));
  return [table(0), table(1), table(2)];
}

/** Pillow's `MULDIV255`: a·b/255, rounded. */
function product(a: number, b: number): number {
  const scaled = a * b + 128;
  return ((scaled >> 8) + scaled) >> 8;
}

function premultiplied(rgba: Uint8Array): Uint8Array {
  const result = Uint8Array.from(rgba);
  for (let at = 0; at < result.length; at += 4) {
    const alpha = result[at + 3]!;
    if (alpha === 255) continue;
    for (let colour = at; colour < at + 3; colour += 1) result[colour] = product(result[colour]!, alpha);
  }
  return result;
}

function unpremultiply(rgba: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let colour = at; colour < at + 3; colour += 1) rgba[colour] = Math.min(255, Math.trunc((255 * rgba[colour]!) / alpha));
  }
}

/** Without a colour profile, as Pillow converts. */
function cmykToRgb(cmyk: Uint8Array): void {
  for (let at = 0; at < cmyk.length; at += 4) {
    const light = 255 - cmyk[at + 3]!;
    for (let ink = at; ink < at + 3; ink += 1) cmyk[ink] = Math.max(0, light - product(cmyk[ink]!, light));
  }
}
