import type { Pixels } from "../../clip/decode";
import { scale } from "../../clip/preprocess";

/** Red, green, blue: whole numbers, 0–255. */
export type Rgb = readonly [number, number, number];

/** Hue, saturation, lightness, each 0–1. */
export interface Hsl {
  readonly hue: number;
  readonly saturation: number;
  readonly lightness: number;
}

/** What an item counts as whose colour is not known. */
export const GREY: Rgb = Object.freeze([128, 128, 128] as const);

/** In the order of operations of Python's `colorsys.rgb_to_hls`, which the seed uses. */
export function toHsl([red, green, blue]: Rgb): Hsl {
  const [r, g, b] = [red / 255, green / 255, blue / 255];
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  const range = high - low;
  const lightness = (low + high) / 2;
  if (range === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = lightness <= 0.5 ? range / (high + low) : range / (2 - high - low);
  const [fromR, fromG, fromB] = [(high - r) / range, (high - g) / range, (high - b) / range];
  const sextant = r === high ? fromB - fromG : g === high ? 2 + fromR - fromB : 4 + fromG - fromR;
  const turn = sextant / 6;
  return { hue: turn < 0 ? turn + 1 : turn, saturation, lightness };
}

/** How well two colours go together; the first rule that fits. Distances are shares of the colour circle. */
export function harmony(a: Hsl, b: Hsl): number {
  if (isNeutral(a) || isNeutral(b)) return 1;
  const difference = Math.abs(a.hue - b.hue);
  const distance = Math.min(difference, 1 - difference);
  if (distance <= 0.084) return 0.9; // analogous, within about 30°
  if (distance >= 0.45 && distance <= 0.55) return 0.8; // complementary
  if (distance >= 0.29 && distance <= 0.375) return 0.7; // triadic
  return 0.2;
}

/** Nearly white, black or grey. */
const isNeutral = ({ saturation, lightness }: Hsl): boolean => saturation < 0.2 || lightness < 0.1 || lightness > 0.9;

/** Side of the square that an image is scaled to before its colours are averaged. Pixels. */
const MEAN_SIDE = 150;

/**
 * The dominant colour of an image as the seed has it: the mean of all pixels of 150 × 150, the
 * fraction cut off. (The seed stores the query as JPEG in between, which may move a value by one.)
 */
export function meanColour(pixels: Pixels): Rgb {
  const side = { width: MEAN_SIDE, height: MEAN_SIDE };
  const square = scale(pixels, side, { left: 0, top: 0, ...side });
  const sums: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < square.length; at += 4) {
    sums[0] += square[at]!;
    sums[1] += square[at + 1]!;
    sums[2] += square[at + 2]!;
  }
  const mean = (sum: number): number => Math.trunc(sum / MEAN_SIDE ** 2);
  return [mean(sums[0]), mean(sums[1]), mean(sums[2])];
}
