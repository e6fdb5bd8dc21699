import { RequestError } from "../../failure";
import { imageBytes } from "../clip/image-bytes";
import { loadImageTower, type ImageTower } from "../clip/image-tower";
import { loadTextTower, type TextTower } from "../clip/text-tower";
import { npyMatrix, toNumbers, unit } from "../clip/vector";
import type { Model, ModelRequest, Runtime, RuntimeContext } from "../runtime";
import { NPY_TYPE } from "../wire";

/**
 * Texts and images into one space.
 *
 * Roles: those of both towers (`clip/image-tower.ts`, `clip/text-tower.ts`). Settings: `threads`,
 * `normalize` (of a request that does not say). `Accept: application/x-npy` answers the vectors as a
 * float32 matrix of one row for each request.
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

  return {
    async infer(requests, accept) {
      const isImage = ({ value }: ModelRequest): boolean => embedRequest(value).type === "image";
      const seen = await embedImages(images, requests.filter(isImage), context);
      const read = await embedTexts(texts, requests.filter((request) => !isImage(request)));
      const rows = requests.map((request) => {
        const row = (isImage(request) ? seen : read).rows.shift()!;
        return (embedRequest(request.value).normalize ?? normalizeByDefault) ? unit(row) : row;
      });
      const inferenceMs = seen.inferenceMs + read.inferenceMs;
      if (accept === NPY_TYPE) return { responses: npyMatrix(rows), inferenceMs };
      return { responses: rows.map((row) => ({ embedding: toNumbers(row), dimension: row.length })), inferenceMs };
    },
  };
}

interface Embedded {
  readonly rows: Float32Array[];
  readonly inferenceMs: number;
}

async function embedImages(tower: ImageTower, requests: readonly ModelRequest[], { fetchObject }: RuntimeContext): Promise<Embedded> {
  if (requests.length === 0) return { rows: [], inferenceMs: 0 };
  const decoded = await Promise.all(
    requests.map(async (request) => {
      const { data } = embedRequest(request.value);
      const named = request.file === undefined && data.startsWith("s3://");
      const path = `${request.path}/data`;
      return tower.decode(named ? await fetchObject(data, path) : imageBytes(request, "data"), path);
    }),
  );
  const { rows, inferenceMs } = await tower.embed(decoded);
  return { rows: [...rows], inferenceMs };
}

async function embedTexts(tower: TextTower, requests: readonly ModelRequest[]): Promise<Embedded> {
  if (requests.length === 0) return { rows: [], inferenceMs: 0 };
  const texts = requests.map(({ value, path }) => {
    const text = embedRequest(value).data.trim();
    if (text === "") throw new RequestError("validation-failed", `${path}/data is blank`, `${path}/data`);
    return text;
  });
  const { rows, inferenceMs } = await tower.embed(texts);
  return { rows: [...rows], inferenceMs };
}

const embedRequest = (value: ModelRequest["value"]): EmbedRequest => value as unknown as EmbedRequest;
