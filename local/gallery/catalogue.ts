import { readFile } from "node:fs/promises";
import path from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../../contract/artifact";
import type { Json } from "../../contract/json";

/** An item that the page can show. */
export interface Item {
  readonly id: string;
  readonly title: string;
  /** The picture's path in the artifact. */
  readonly thumbnail: string;
}

/** The items of an unpacked artifact that come with pictures, and where they lie in the space of its image tower. */
export interface Catalogue {
  readonly folder: string;
  /** sha256 of the tower: artifacts with the same one embed into one space. */
  readonly towerSha256: string;
  readonly items: ReadonlyMap<string, Item>;
  /** The nearest items to a vector by cosine, the nearest first. @throws Error for a vector of another length, and an index that is not flat. */
  nearest(vector: readonly number[], count: number): Promise<readonly { readonly item: Item; readonly similarity: number }[]>;
}

/** sha256 of an artifact's image tower; undefined where it has none. */
export async function towerOf(folder: string): Promise<string | undefined> {
  const { files, roles } = await manifestOf(folder);
  return roles.imageTower === undefined ? undefined : files[roles.imageTower]?.sha256;
}

/** Reads an artifact's catalogue; undefined where it has none, or none with pictures. */
export async function readCatalogue(folder: string): Promise<Catalogue | undefined> {
  const { roles, files } = await manifestOf(folder);
  const towerSha256 = await towerOf(folder);
  if (roles.metadata === undefined || roles.index === undefined || towerSha256 === undefined) return undefined;
  const records = JSON.parse(await readFile(path.join(folder, roles.metadata), "utf8")) as readonly { readonly [field: string]: Json }[];
  const list = records.map((record): Item | undefined => {
    const id = record.id ?? record.case_id;
    const { thumbnail } = record;
    if (typeof id !== "string" || typeof thumbnail !== "string" || files[thumbnail] === undefined) return undefined;
    return { id, title: String(record.title ?? record.condition ?? id), thumbnail };
  });
  const items = new Map(list.flatMap((item) => (item === undefined ? [] : [[item.id, item] as const])));
  if (items.size === 0) return undefined;

  let rows: Promise<Rows> | undefined;
  return {
    folder,
    towerSha256,
    items,
    async nearest(vector, count) {
      rows ??= readFile(path.join(folder, roles.index!)).then((file) => flatRows(file, list.length));
      const { values, dimension } = await rows;
      if (vector.length !== dimension) throw new RangeError(`the vector has ${vector.length} numbers; the catalogue takes ${dimension}`);
      const scores = similarities(values, vector);
      const order = list.map((_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
      return order.flatMap((row) => (list[row] === undefined ? [] : [{ item: list[row], similarity: scores[row]! }])).slice(0, count);
    },
  };
}

/** fourcc 4, d 4, ntotal 8, unused 16, trained 1, metric 4, floats 8 (faiss/impl/index_write.cpp). */
const FLAT_HEADER_BYTES = 45;

interface Rows {
  readonly values: Float32Array;
  readonly dimension: number;
}

/** The rows of an IndexFlatIP. @throws Error for any other index, or one of another size. */
function flatRows(file: Buffer, count: number): Rows {
  const flat = file.length > FLAT_HEADER_BYTES && file.toString("latin1", 0, 4) === "IxFI";
  const dimension = flat ? file.readInt32LE(4) : 0;
  if (!flat || file.length !== FLAT_HEADER_BYTES + 4 * count * dimension) throw new Error(`the index is not a flat one of ${count} rows`);
  return { values: new Float32Array(Uint8Array.from(file.subarray(FLAT_HEADER_BYTES)).buffer), dimension };
}

function similarities(rows: Float32Array, vector: readonly number[]): Float64Array {
  const length = Math.hypot(...vector);
  const scores = new Float64Array(rows.length / vector.length);
  for (let row = 0; row < scores.length; row += 1) {
    let dot = 0;
    for (let at = 0; at < vector.length; at += 1) dot += rows[row * vector.length + at]! * vector[at]!;
    scores[row] = dot / length;
  }
  return scores;
}

const manifestOf = async (folder: string): Promise<ArtifactManifest> => JSON.parse(await readFile(path.join(folder, ARTIFACT_MANIFEST), "utf8")) as ArtifactManifest;
