import { RequestError } from "../../failure";
import { imageBytes } from "../clip/image-bytes";
import { loadImageTower } from "../clip/image-tower";
import { loadTextTower } from "../clip/text-tower";
import { toBytes, toNumbers, unit } from "../clip/vector";
import type { Inference, Model, ModelRequest, Outcome, Runtime, RuntimeContext } from "../runtime";
import { together } from "../together";
import { BASE64_TYPE, kindOfEmbedding, NPY_TYPE } from "./wire";

/**
 * Texts and images into one space.
 *
 * Roles: those of both towers (`clip/image-tower.ts`, `clip/text-tower.ts`). Settings: `threads`,
 * `normalize` (of a request that does not say). `Accept` chooses how vectors are written: see `wire.ts`.
 */
export const clipEmbed: Runtime = { load };

interface EmbedRequest {
  readonly type?: "text" | "image";
  /** A text; or an image in base64, or its `s3://` address. */
  readonly data: string;
  readonly normalize?: boolean;
}

async function load(context: RuntimeContext): Promise<Model> {
  const normalizeByDefault = context.settings.normalize !== false;
  const images = await loadImageTower(context);
  const texts = await loadTextTower(context);
  if (images.dimension !== texts.dimension) {
    throw new Error(`imageTower gives ${images.dimension} numbers and textTower ${texts.dimension}: they are not of one model`);
  }

  const embedImages = (requests: readonly ModelRequest[]): Promise<Inference> =>
    together(requests, {
      preparedAtOnce: images.preparedAtOnce,
      prepare: async (request) => {
        const { data } = embedRequest(request);
        const named = request.file === undefined && data.startsWith("s3://");
        const path = `${request.path}/data`;
        const { values } = await images.prepare(named ? await context.fetchObject(data, path) : imageBytes(request, "data"), path);
        return { values };
      },
      compute: images.embed,
      answer,
    });
  const embedTexts = (requests: readonly ModelRequest[]): Promise<Inference> =>
    together(requests, { preparedAtOnce: 1, prepare: (request) => texts.prepare(textOf(request)), compute: texts.embed, answer });
  const answer = (row: Float32Array, _prepared: object, request: ModelRequest): Outcome => {
    const vector = (embedRequest(request).normalize ?? normalizeByDefault) ? unit(row) : row;
    if (request.accept === NPY_TYPE) return toBytes(vector);
    const embedding = request.accept === BASE64_TYPE ? Buffer.from(toBytes(vector)).toString("base64") : toNumbers(vector);
    return { embedding, dimension: vector.length };
  };

  return { infer: (requests) => (isImage(requests[0]!) ? embedImages(requests) : embedTexts(requests)) };
}

function textOf(request: ModelRequest): string {
  const text = embedRequest(request).data.trim();
  if (text === "") throw new RequestError("validation-failed", `${request.path}/data is blank`, `${request.path}/data`);
  return text;
}

const isImage = ({ value }: ModelRequest): boolean => kindOfEmbedding(value) === "image";
const embedRequest = ({ value }: ModelRequest): EmbedRequest => value as unknown as EmbedRequest;
