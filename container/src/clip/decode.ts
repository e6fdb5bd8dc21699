import sharp from "sharp";
import { ImageError, imageFormat, imageFormats } from "./image-format";

/** A decoded image: 8-bit samples, row by row. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** `rgb` takes 3 bytes a pixel, `rgba` and `cmyk` 4. */
  readonly colours: "rgb" | "rgba" | "cmyk";
}

/** Pixels as they were read, perhaps at a fraction of the image's size. */
export interface DecodedImage extends Pixels {
  /** What the header says. Pixels. */
  readonly original: { readonly width: number; readonly height: number };
}

export interface DecodeOptions {
  /** What the short side will be scaled to: a JPEG much larger is decoded at a fraction of its size. Pixels. */
  readonly shortSidePx: number;
  /** A larger image is refused from its header, before a pixel is decoded. Pixels; default `MAX_IMAGE_PIXELS`. */
  readonly maxPixels?: number;
}

/** 64 megapixels hold any phone's photo, and decode in under 100 MiB. */
export const MAX_IMAGE_PIXELS = 64 * 2 ** 20;
/** A longer, thinner image is refused: the square out of its middle would say nothing of it. */
export const MAX_ASPECT_RATIO = 200;
/** Decoded at a fraction, the short side keeps at least so many times the pixels it is scaled to. */
const DRAFT_MARGIN = 2;
/** Above this, any format is decoded at a fraction, so that no request holds more. Pixels. */
const DECODED_PIXELS = 16 * 2 ** 20;

// One thread per image: parallelism is across images, and the cores belong to the model.
// No cache: every request is another image. No loader but those that are needed.
sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: Object.values(imageFormats).map((format) => format.loader) });

/**
 * Decodes as Pillow does: EXIF orientation and colour profiles are ignored, an animation gives its
 * first frame, a palette its colours, grey three equal ones, 16 bits their high byte.
 *
 * The work is done on libuv's threads; the caller's thread is free.
 *
 * @throws ImageError `image-unsupported`, `image-too-large` or `image-unreadable`.
 */
export async function decodeImage(bytes: Uint8Array, { shortSidePx, maxPixels = MAX_IMAGE_PIXELS }: DecodeOptions): Promise<DecodedImage> {
  const format = imageFormat(bytes);
  if (format === undefined) {
    const known = Object.values(imageFormats).map(({ name }) => name);
    throw new ImageError("image-unsupported", `these bytes are no image of a known kind; send ${known.join(", ")}`);
  }
  // `error` refuses what is cut short or damaged and lets warnings pass, as Pillow does. The size is checked below.
  const image = sharp(bytes, { failOn: "error", limitInputPixels: false, ignoreIcc: true, sequentialRead: true });
  const { width, height, space } = await readable(image.metadata());
  checkSize(width, height, maxPixels);

  const fraction = draftFraction(width, height, shortSidePx, format === imageFormats.jpeg);
  if (fraction > 1) image.resize({ width: Math.ceil(width / fraction), height: Math.ceil(height / fraction), fit: "fill", kernel: "cubic" });
  if (space === "cmyk") image.pipelineColourspace("cmyk").toColourspace("cmyk");
  const { data, info } = await readable(image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }));
  const colours = space === "cmyk" ? "cmyk" : info.channels === 4 ? "rgba" : "rgb";
  return { data, width: info.width, height: info.height, colours, original: { width, height } };
}

function checkSize(width: number, height: number, maxPixels: number): void {
  if (width * height > maxPixels) {
    const mega = (pixels: number): string => `${(pixels / 1e6).toFixed(1)} megapixels`;
    throw new ImageError("image-too-large", `${width} × ${height} pixels are ${mega(width * height)}; at most ${mega(maxPixels)} are taken`);
  }
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) {
    throw new ImageError("image-unsupported", `${width} × ${height} pixels are too thin: one side may be at most ${MAX_ASPECT_RATIO} times the other`);
  }
}

/** By what power of two to divide the sides while decoding; a JPEG gives 1, 2, 4 and 8 at less than the full price. */
export function draftFraction(width: number, height: number, shortSidePx: number, jpeg: boolean): number {
  let fraction = 1;
  const roomy = (): boolean => Math.min(width, height) >= 2 * fraction * DRAFT_MARGIN * shortSidePx;
  const huge = (): boolean => (width * height) / fraction ** 2 > DECODED_PIXELS;
  while ((jpeg && fraction < 8 && roomy()) || huge()) fraction *= 2;
  return fraction;
}

/** libvips' own words, on one line, under a code of ours. */
async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!.trim();
    throw new ImageError("image-unreadable", `the image is damaged or cut short: ${reason}`);
  }
}
