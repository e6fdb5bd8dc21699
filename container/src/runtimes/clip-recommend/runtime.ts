import { imageBytes } from "../clip/image-bytes";
import { loadImageTower } from "../clip/image-tower";
import { openCataloguedIndex } from "../clip/catalogued-index";
import { unit } from "../clip/vector";
import type { Model, ModelRequest, Runtime, RuntimeContext } from "../runtime";
import { together } from "../together";
import { readCatalogue } from "./catalogue";
import { meanColour } from "./colour";
import type { Compatibility } from "./compatibility";
import { toResponse } from "./response";
import { recommend } from "./scoring";

/**
 * Items that go with the garment in a photo: the nearest of a catalogue vote on what it is, and are
 * scored by likeness, colour and gender.
 *
 * Roles: those of the image tower and of the catalogued index (`runtimes/clip`). Settings:
 * `candidates` (nearest items that are scored), `maxRecommendations`, `compatibility` (faults of the
 * seed to repeat), `label` (what callers read as `model_version`), `threads`, `searchWidth`.
 */
export const clipRecommend: Runtime = { load };

interface RecommendRequest {
  /** Base64; wins over the address. */
  readonly image?: string;
  readonly image_s3_uri?: string;
  /** At most so many; `top_k` is its other name and gives way. */
  readonly n_recommendations?: number;
  readonly top_k?: number;
  /** None below. */
  readonly min_score?: number;
}

async function load(context: RuntimeContext): Promise<Model> {
  const { settings } = context;
  const candidates = Number(settings.candidates ?? 50);
  const maxRecommendations = Number(settings.maxRecommendations ?? 26);
  const compatibility = new Set((settings.compatibility ?? []) as readonly Compatibility[]);
  const version = String(settings.label ?? context.version);
  const tower = await loadImageTower(context);
  const { index, items } = await openCataloguedIndex(context, tower, readCatalogue);

  return {
    infer(requests) {
      const began = performance.now();
      return together(requests, {
        preparedAtOnce: tower.preparedAtOnce,
        prepare: async (request) => {
          const { values, pixels } = await tower.prepare(...(await photoOf(request, context)));
          return { values, colour: meanColour(pixels) };
        },
        compute: tower.embed,
        answer: async (row, { colour }, request) => {
          const asked = recommendRequest(request);
          const neighbours = await index.search(unit(row), candidates);
          const result = recommend(items, colour, neighbours, {
            maxRecommendations,
            compatibility,
            count: asked.n_recommendations ?? asked.top_k,
            minScore: asked.min_score,
          });
          return toResponse(result, { found: neighbours.ids.length, totalItems: index.size, processingMs: round2(performance.now() - began), version, maxRecommendations });
        },
      });
    },
    close: () => index.close(),
  };
}

/** The photo's bytes, and where the request has them. */
async function photoOf(request: ModelRequest, { fetchObject }: RuntimeContext): Promise<[bytes: Uint8Array, path: string]> {
  const asked = recommendRequest(request);
  const field = request.file !== undefined || asked.image !== undefined ? "image" : "image_s3_uri";
  const path = `${request.path}/${field}`;
  return [field === "image" ? imageBytes(request, field) : await fetchObject(asked.image_s3_uri!, path), path];
}

const recommendRequest = ({ value }: ModelRequest): RecommendRequest => value as unknown as RecommendRequest;
const round2 = (value: number): number => Math.round(value * 100) / 100;
