import type { Network } from "../../backends/backend";
import { type DecodedImage, decodeImage, type Pixels } from "../../clip/decode";
import { ImageError } from "../../clip/image-format";
import { clipInput, type ImageTransform } from "../../clip/preprocess";
import { RequestError } from "../../failure";
import { requireNames } from "./network";
import { readTransform } from "./transform";
import type { RuntimeContext } from "../runtime";

/** Turns images into vectors, one for each. */
export interface ImageTower {
  /** Numbers in a vector. */
  readonly dimension: number;
  /** @throws RequestError under `path` for bytes that are no image, or none that is taken. */
  decode(file: Uint8Array, path: string): Promise<DecodedImage>;
  /** @returns rows of `dimension` floats, as the network gives them: not of unit length. */
  embed(images: readonly Pixels[]): Promise<{ readonly rows: readonly Float32Array[]; readonly inferenceMs: number }>;
}

/** Images that go through the network at once: beyond this the memory grows and the speed does not. */
const MAX_BATCH = 8;

/**
 * Loads the image tower of an ONNX export in the usual layout.
 *
 * Roles: `imageTower` (`pixel_values` float32 [B, 3, S, S] to `image_embeds` float32 [B, D]),
 * `preprocessor` (the export's preprocessor_config.json). Setting: `threads`.
 */
export async function loadImageTower(context: RuntimeContext): Promise<ImageTower> {
  const transform = readTransform(JSON.parse(new TextDecoder().decode(context.take("preprocessor"))));
  const network = await context.loadOnnx(context.take("imageTower"), { threads: Number(context.settings.threads ?? 1) });
  requireNames(network, "imageTower", "pixel_values", "image_embeds");
  const fill = clipInput(transform);
  const values = 3 * transform.sizePx ** 2;

  const run = async (images: readonly Pixels[]): Promise<Float32Array> => {
    const data = new Float32Array(images.length * values);
    images.forEach((image, place) => fill(image, data, place * values));
    return output(network, data, images.length, transform);
  };
  // The first run of a session allocates; nobody should wait for it. It also says how long a vector is.
  const dimension = (await output(network, new Float32Array(values), 1, transform)).length;

  return {
    dimension,
    async decode(file, path) {
      try {
        return await decodeImage(file, { shortSidePx: transform.sizePx });
      } catch (error) {
        if (error instanceof ImageError) throw new RequestError(error.code, error.message, path);
        throw error;
      }
    },
    async embed(images) {
      const rows: Float32Array[] = [];
      let inferenceMs = 0;
      for (let from = 0; from < images.length; from += MAX_BATCH) {
        const batch = images.slice(from, from + MAX_BATCH);
        const began = performance.now();
        const data = await run(batch);
        inferenceMs += performance.now() - began;
        batch.forEach((_, row) => rows.push(data.subarray(row * dimension, (row + 1) * dimension)));
      }
      return { rows, inferenceMs };
    },
  };
}

async function output(network: Network, data: Float32Array, batch: number, { sizePx }: ImageTransform): Promise<Float32Array> {
  const { image_embeds: embeds } = await network.run({ pixel_values: { data, shape: [batch, 3, sizePx, sizePx] } });
  return embeds!.data;
}
