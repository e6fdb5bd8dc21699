import { imageBytes } from "../clip/image-bytes";
import { loadImageTower } from "../clip/image-tower";
import { openCataloguedIndex } from "../clip/catalogued-index";
import { unit } from "../clip/vector";
import type { Model, Runtime, RuntimeContext } from "../runtime";
import { together } from "../together";
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

  return {
    infer(requests) {
      const began = performance.now();
      return together(requests, {
        preparedAtOnce: tower.preparedAtOnce,
        prepare: async (request) => {
          const { values, pixels } = await tower.prepare(imageBytes(request, "image"), `${request.path}/image`);
          return { values, width: pixels.original.width, height: pixels.original.height, textureScore: textureScore(pixels) };
        },
        compute: tower.embed,
        answer: async (row, { width, height, textureScore }) =>
          toResponse(analyse(cases, await index.search(unit(row), neighbours)), {
            width,
            height,
            textureScore,
            processingSeconds: (performance.now() - began) / 1000,
            version,
            at: new Date(context.now()),
            backend: index.backend,
          }),
      });
    },
    close: () => index.close(),
  };
}
