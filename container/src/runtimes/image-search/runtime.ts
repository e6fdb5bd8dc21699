import { imageBytes } from "../clip/image-bytes";
import { loadImageTower } from "../clip/image-tower";
import { openCataloguedIndex } from "../clip/catalogued-index";
import { unit } from "../clip/vector";
import type { Model, ModelRequest, Runtime, RuntimeContext } from "../runtime";
import { analyse, textureScore, toResponse } from "./analysis";
import { readCases } from "./cases";

/**
 * The known cases most like an image, and what they say of it.
 *
 * Roles: those of the image tower and of the catalogued index (`runtimes/clip`). Settings:
 * `neighbours` (cases that an answer is drawn from), `label` (what callers read as `version`),
 * `threads`, `searchWidth`.
 */
export const imageSearch: Runtime = { load };

async function load(context: RuntimeContext): Promise<Model> {
  const neighbours = Number(context.settings.neighbours ?? 5);
  const version = String(context.settings.label ?? context.version);
  const tower = await loadImageTower(context);
  const { index, items: cases } = await openCataloguedIndex(context, tower, readCases);

  const answer = async (request: ModelRequest) => {
    const began = performance.now();
    const pixels = await tower.decode(imageBytes(request, "image"), `${request.path}/image`);
    const { rows, inferenceMs } = await tower.embed([pixels]);
    const analysis = analyse(cases, await index.search(unit(rows[0]!), neighbours));
    const response = toResponse(analysis, {
      width: pixels.original.width,
      height: pixels.original.height,
      textureScore: textureScore(pixels),
      processingSeconds: (performance.now() - began) / 1000,
      version,
      at: new Date(context.now()),
      backend: index.backend,
    });
    return { response, inferenceMs };
  };

  return {
    async infer(requests) {
      const answers = [];
      for (const request of requests) answers.push(await answer(request));
      return { responses: answers.map(({ response }) => response), inferenceMs: answers.reduce((sum, { inferenceMs }) => sum + inferenceMs, 0) };
    },
    close: () => index.close(),
  };
}
