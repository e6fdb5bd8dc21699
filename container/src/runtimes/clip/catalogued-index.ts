import type { VectorIndex } from "../../backends/vector-index";
import type { RuntimeContext } from "../runtime";
import type { ImageTower } from "./image-tower";

/**
 * Opens the index of an artifact and reads what its rows stand for.
 *
 * Roles: `index` (a FAISS file of unit rows by inner product), `metadata` (JSON, a record for each row).
 * Settings: `threads`, `searchWidth`.
 *
 * @throws Error where tower, index and records do not belong together.
 */
export async function openCataloguedIndex<Item>(
  context: RuntimeContext,
  tower: ImageTower,
  read: (records: unknown) => readonly Item[],
): Promise<{ readonly index: VectorIndex; readonly items: readonly Item[] }> {
  const items = read(JSON.parse(new TextDecoder().decode(context.take("metadata"))));
  const { threads, searchWidth } = context.settings;
  const index = await context.openIndex("index", { threads: Number(threads ?? 1), ...(searchWidth === undefined ? {} : { searchWidth: Number(searchWidth) }) });
  const against = [
    index.size !== items.length && `index has ${index.size} rows and metadata ${items.length} records`,
    index.dimension !== tower.dimension && `index has rows of ${index.dimension} numbers and imageTower gives ${tower.dimension}`,
    index.metric !== "innerProduct" && "index is by distance; it must be by inner product, of unit rows",
  ].find((fault) => fault !== false);
  if (against === undefined) return { index, items };
  await index.close();
  throw new Error(against);
}
