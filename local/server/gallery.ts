import type { FastifyInstance } from "fastify";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ResolvedModel } from "../../planning/types";
import type { ArtifactStore } from "../artifacts/store";
import { type Catalogue, readCatalogue, towerOf } from "../gallery/catalogue";

export type GalleryModel = Pick<ResolvedModel, "name" | "runtime" | "versions" | "traffic">;

const SHOWN = 8;
const DIMENSIONS = { least: 1, most: 4096 };

/**
 * Pictures for the page: of the items that a model answers with, and of the items nearest to a vector
 * that a model answers with. They come out of the artifacts that this machine has.
 */
export function gallery(app: FastifyInstance, artifacts: ArtifactStore, models: readonly GalleryModel[]): void {
  const catalogues = new Map<string, Promise<Catalogue | undefined>>();
  const unpacked = async (model: string, version: string): Promise<string | undefined> => {
    const sha256 = models.find(({ name }) => name === model)?.versions[version]?.sha256;
    return sha256 === undefined ? undefined : artifacts.unpacked(sha256);
  };
  const catalogueOf = async (model: string, version: string): Promise<Catalogue | undefined> => {
    const folder = await unpacked(model, version);
    if (folder === undefined) return undefined;
    let catalogue = catalogues.get(folder);
    if (catalogue === undefined) catalogues.set(folder, (catalogue = readCatalogue(folder).catch(() => undefined)));
    return catalogue;
  };

  app.get<{ Params: { model: string; version: string; id: string } }>("/slipway/pictures/:model/:version/:id", async ({ params: { model, version, id } }, reply) => {
    const catalogue = await catalogueOf(model, version);
    const item = catalogue?.items.get(id);
    if (catalogue === undefined || item === undefined) return reply.code(404).send({ message: "There is no picture of that." });
    const picture = await readFile(path.join(catalogue.folder, item.thumbnail));
    // A version never changes, so neither does its picture.
    return reply.headers({ "cache-control": "private, max-age=86400, immutable", "x-content-type-options": "nosniff" }).type("image/webp").send(picture);
  });

  app.post<{ Params: { model: string; version: string } }>("/slipway/nearest/:model/:version", async (request, reply) => {
    const { model, version } = request.params;
    const vector = vectorOf(request.body as Buffer | undefined);
    if (vector === undefined) return reply.code(400).send({ message: "The body must be { embedding: [numbers] }." });
    const found = await inTheSpaceOf(model, version);
    if (found === undefined) return reply.code(404).send({ message: "No catalogue on this machine was made with the same image tower." });
    const nearest = await found.catalogue.nearest(vector, SHOWN).catch(() => undefined);
    if (nearest === undefined) return reply.code(400).send({ message: "The embedding does not fit the catalogue." });
    const items = nearest.map(({ item: { id, title }, similarity }) => ({ id, title, similarity: Math.min(1, similarity) }));
    return reply.send({ model: found.model, version: found.version, items });
  });

  /** The catalogue that gets most traffic among those made with the very tower that this version has. */
  async function inTheSpaceOf(model: string, version: string): Promise<{ model: string; version: string; catalogue: Catalogue } | undefined> {
    const folder = await unpacked(model, version);
    const tower = folder === undefined ? undefined : await towerOf(folder);
    for (const { name, runtime, traffic } of models) {
      if (runtime !== "clip-recommend" || tower === undefined) continue;
      for (const { version: candidate } of [...traffic].sort((a, b) => b.weight - a.weight)) {
        const catalogue = await catalogueOf(name, candidate);
        if (catalogue?.towerSha256 === tower) return { model: name, version: candidate, catalogue };
      }
    }
    return undefined;
  }
}

function vectorOf(body: Buffer | undefined): number[] | undefined {
  try {
    const { embedding } = JSON.parse(body?.toString("utf8") ?? "") as { readonly embedding?: unknown };
    if (!Array.isArray(embedding) || embedding.length < DIMENSIONS.least || embedding.length > DIMENSIONS.most) return undefined;
    return embedding.every(Number.isFinite) && embedding.some((value) => value !== 0) ? (embedding as number[]) : undefined;
  } catch {
    return undefined;
  }
}
