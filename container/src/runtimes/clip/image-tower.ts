import type { Network } from "../../backends/backend";
import { type DecodedImage, decodeImage } from "../../clip/decode";
import { ImageError } from "../../clip/image-format";
import { clipInput, type ImageTransform } from "../../clip/preprocess";
import { RequestError } from "../../failure";
import { requireNames } from "./network";
import { readTransform } from "./transform";
import type { RuntimeContext } from "../runtime";

/** An image as the network takes it, and its pixels for whoever looks at them too. */
export interface TowerInput {
  readonly values: Float32Array;
  readonly pixels: DecodedImage;
}

/** Turns images into vectors, one for each. */
export interface ImageTower {
  /** Numbers in a vector. */
  readonly dimension: number;
  /** Images that are worth decoding at once: each takes a processor. */
  readonly preparedAtOnce: number;
  /** @throws RequestError under `path` for bytes that are no image, or none that is taken. */
  prepare(file: Uint8Array, path: string): Promise<TowerInput>;
  /** @returns rows of `dimension` floats, as the network gives them: not of unit length. */
  embed(images: readonly Pick<TowerInput, "values">[]): Promise<readonly Float32Array[]>;
}

/**
 * Loads the image tower of an ONNX export in the usual layout.
 *
 * Roles: `imageTower` (`pixel_values` float32 [B, 3, S, S] to `image_embeds` float32 [B, D]),
 * `preprocessor` (the export's preprocessor_config.json). Setting: `threads`.
 */
export async function loadImageTower(context: RuntimeContext): Promise<ImageTower> {
  const transform = readTransform(JSON.parse(new TextDecoder().decode(context.take("preprocessor"))));
  const threads = Number(context.settings.threads ?? 1);
  const network = await context.loadOnnx(context.take("imageTower"), { threads });
  requireNames(network, "imageTower", "pixel_values", "image_embeds");
  const fill = clipInput(transform);
  const count = 3 * transform.sizePx ** 2;

  // The first run of a session allocates; nobody should wait for it. It also says how long a vector is.
  const dimension = (await output(network, new Float32Array(count), 1, transform)).length;

  return {
    dimension,
    preparedAtOnce: threads,
    async prepare(file, path) {
      const pixels = await decoded(file, transform.sizePx, path);
      const values = new Float32Array(count);
      fill(pixels, values);
      return { values, pixels };
    },
    async embed(images) {
      const data = await output(network, sideBySide(images), images.length, transform);
      return images.map((_, row) => data.subarray(row * dimension, (row + 1) * dimension));
    },
  };
}

async function decoded(file: Uint8Array, shortSidePx: number, path: string): Promise<DecodedImage> {
  try {
    return await decodeImage(file, { shortSidePx });
  } catch (error) {
    if (error instanceof ImageError) throw new RequestError(error.code, error.message, path);
    throw error;
  }
}

function sideBySide(images: readonly Pick<TowerInput, "values">[]): Float32Array {
  if (images.length === 1) return images[0]!.values;
  const each = images[0]!.values.length;
  const all = new Float32Array(images.length * each);
  images.forEach(({ values }, place) => all.set(values, place * each));
  return all;
}

async function output(network: Network, data: Float32Array, batch: number, { sizePx }: ImageTransform): Promise<Float32Array> {
  const { image_embeds: embeds } = await network.run({ pixel_values: { data, shape: [batch, 3, sizePx, sizePx] } });
  return embeds!.data;
}
