import type { ImageTransform } from "../../clip/preprocess";

/** Pillow's number for bicubic. */
const BICUBIC = 3;

/**
 * Reads an export's preprocessor_config.json (Hugging Face's CLIPImageProcessor).
 *
 * @throws Error naming the field that is not as CLIP has it: the transform is written in code, and
 *   another one would give wrong vectors in silence.
 */
export function readTransform(file: unknown): ImageTransform {
  const config = (typeof file === "object" && file !== null ? file : {}) as { readonly [field: string]: unknown };
  const expect = (field: string, wanted: unknown): void => {
    const got = config[field];
    if (got !== undefined && got !== wanted) throw wrong(field, got, String(wanted));
  };
  for (const step of ["do_resize", "do_center_crop", "do_rescale", "do_normalize"]) expect(step, true);
  expect("resample", BICUBIC);
  if (config.rescale_factor !== undefined && Math.abs(Number(config.rescale_factor) * 255 - 1) > 1e-9) throw wrong("rescale_factor", config.rescale_factor, "1/255");

  const sizePx = sideOf(config.size, "shortest_edge");
  const cropPx = sideOf(config.crop_size, "height");
  if (sizePx === undefined) throw wrong("size", config.size, "{ shortest_edge }");
  if (cropPx !== undefined && cropPx !== sizePx) throw wrong("crop_size", config.crop_size, `${sizePx} × ${sizePx}`);
  return { sizePx, mean: colours(config, "image_mean"), std: colours(config, "image_std") };
}

/** `224`, or `{ shortest_edge: 224 }`, or `{ height: 224, width: 224 }`. */
function sideOf(value: unknown, edge: string): number | undefined {
  const side = typeof value === "object" && value !== null ? (value as { readonly [field: string]: unknown })[edge] : value;
  return Number.isInteger(side) && (side as number) > 0 && (side as number) <= 1024 ? (side as number) : undefined;
}

function colours(config: { readonly [field: string]: unknown }, field: string): readonly [number, number, number] {
  const value = config[field];
  if (Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "number" && part > 0)) return value as [number, number, number];
  throw wrong(field, value, "three numbers above 0");
}

const wrong = (field: string, got: unknown, wanted: string): Error => new Error(`preprocessor: ${field} is ${JSON.stringify(got) ?? "missing"}, expected ${wanted}`);
