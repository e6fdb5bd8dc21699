import type { RuntimeName } from "../contract/runtimes";
import { fileSource, type IndexHeader, readIndexHeader } from "../container/src/backends/index-file";
import { readCatalogue } from "../container/src/runtimes/clip-recommend/catalogue";
import { readCases } from "../container/src/runtimes/image-search/cases";
import { fromBytes, fromFile } from "./content";
import type { Finding } from "./finding";
import { isObject, jsonBytes, readJson } from "./json-file";
import { type Chosen, targetOf } from "./roles";
import type { SourceFile } from "./source";
import { headOf, suspicion } from "./suspects";

/** An index that was taken, and what its head says. */
export interface ChosenIndex extends Chosen {
  readonly header: IndexHeader;
}

export interface ChosenMetadata extends Chosen {
  readonly records: number;
  /** What a person should look at; nothing is wrong. */
  readonly remarks: readonly string[];
}

/** The four characters that every FAISS index starts with, of any class: `IxFI`, `IwFl`, `IHNf`, `IBxF`. */
const isIndex = (file: SourceFile): boolean => !/\.(onnx|json|txt|md|npy)$/i.test(file.path) && /^I[xwHBS][A-Za-z0-9]{1,2}/.test(headOf(file, 4).toString("latin1"));

export function chooseIndex(files: readonly SourceFile[]): ChosenIndex | readonly Finding[] {
  const named = (file: SourceFile): boolean => /\.(faiss|index)$/i.test(file.path) || /faiss/i.test(file.path.slice(file.path.lastIndexOf("/") + 1));
  const found = files.filter((file) => isIndex(file));
  const candidates = found.length > 0 ? found : files.filter((file) => named(file) && !/\.(json|txt|md|py)$/i.test(file.path));
  if (candidates.length === 0) {
    return [{ code: "package-file-missing", subject: "index", message: "the index is a file that faiss.write_index wrote; there is none", hint: "Write it with faiss.write_index(index, \"index.faiss\"), of unit vectors by inner product." }];
  }
  if (candidates.length > 1) {
    return [{ code: "package-file-ambiguous", subject: "index", message: `the index could be ${candidates.map(({ name }) => name).join(", ")}`, hint: `Say which: --role index=${candidates[0]!.name}` }];
  }
  return takeIndex(candidates[0]!);
}

export function takeIndex(file: SourceFile): ChosenIndex | readonly Finding[] {
  const suspect = suspicion(file);
  if (suspect !== undefined) return [suspect];
  let header: IndexHeader;
  const source = fileSource(file.absolute);
  try {
    header = readIndexHeader(source);
  } catch (error) {
    return [{ code: "package-file-wrong", subject: file.name, message: `is ${(error as Error).message}`, hint: "Write it with faiss.write_index, as IndexFlatIP, IndexIVFFlat, IndexHNSWFlat or IndexPQ." }];
  } finally {
    source.close();
  }
  if (header.metric !== "innerProduct") {
    return [{ code: "package-file-wrong", subject: file.name, message: "is by distance (METRIC_L2); the runtimes search by inner product", hint: "Build it of unit vectors with METRIC_INNER_PRODUCT: faiss.normalize_L2(rows); faiss.IndexFlatIP(rows.shape[1])." }];
  }
  const note = `${header.kind === "flat" ? "flat" : header.kind.toUpperCase()}, ${header.size} × ${header.dimension}`;
  return { role: "index", content: fromFile(file.absolute, file.bytes), from: file.name, note, header };
}

export function chooseMetadata(files: readonly SourceFile[], runtime: RuntimeName): ChosenMetadata | readonly Finding[] {
  const nameOf = ({ path }: SourceFile): string => path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  for (const name of ["metadata.json", "cases.json", "items.json", "catalogue.json"]) {
    const found = files.filter((file) => nameOf(file) === name);
    if (found.length > 1) return [{ code: "package-file-ambiguous", subject: "metadata", message: `the metadata could be ${found.map((file) => file.name).join(", ")}`, hint: `Say which: --role metadata=${found[0]!.name}` }];
    if (found.length === 1) return takeMetadata(found[0]!, runtime);
  }
  const pickle = files.find((file) => /^(metadata|cases|items)\./.test(nameOf(file)) && suspicion(file) !== undefined);
  if (pickle !== undefined) return [suspicion(pickle)!];
  return [{ code: "package-file-missing", subject: "metadata", message: `the metadata is metadata.json, a record for each row of the index; there is no such file`, hint: "Write it in the order of the index: a list of records, or lists by category." }];
}

/**
 * Takes what the rows of an index stand for: a list of records, or lists of them by category, which
 * are put one after the other in the order that they are written in, as the training put their rows.
 */
export function takeMetadata(file: SourceFile, runtime: RuntimeName): ChosenMetadata | readonly Finding[] {
  const suspect = suspicion(file);
  if (suspect !== undefined) return [suspect];
  const json = readJson(file);
  const wrong = (message: string, hint?: string): Finding[] => [{ code: "package-file-wrong", subject: file.name, message, ...(hint === undefined ? {} : { hint }) }];
  if ("fault" in json) return wrong(json.fault);
  const isFlat = Array.isArray(json.value);
  const categories = isFlat ? undefined : listsByCategory(json.value);
  if (categories !== undefined && "fault" in categories) return wrong(categories.fault, "Write a list of records in the order of the index, or lists of records by category.");
  const records = categories === undefined ? (json.value as unknown[]) : categories.records;
  try {
    if (runtime === "image-search") readCases(records);
    else readCatalogue(records);
  } catch (error) {
    return wrong(`does not hold what ${runtime} reads: ${(error as Error).message}`);
  }
  const remarks = categories?.isSorted === true ? [`${file.name}: its categories stand in alphabetical order. Row n of the index must be record n: if json.dump was told sort_keys=True, the order of the training is lost; write it without.`] : [];
  const note = `${records.length} records${categories === undefined ? "" : ` of ${categories.count} categories, put into one list`}`;
  return { role: "metadata", content: fromBytes(isFlat ? json.bytes : jsonBytes(records)), from: file.name, note, records: records.length, remarks };
}

function listsByCategory(value: unknown): { readonly records: readonly unknown[]; readonly count: number; readonly isSorted: boolean } | { readonly fault: string } {
  if (!isObject(value)) return { fault: "is neither a list of records nor lists of them by category" };
  const names = Object.keys(value);
  const odd = names.find((name) => !Array.isArray(value[name]));
  if (odd !== undefined) return { fault: `has ${JSON.stringify(odd)} beside its categories, which is no list of records` };
  // JavaScript puts such keys first whatever the file says, and the order is what binds records to rows.
  const numeric = names.find((name) => /^(0|[1-9]\d*)$/.test(name));
  if (numeric !== undefined) return { fault: `has a category named ${JSON.stringify(numeric)}: readers of JSON do not keep the order of names that are numbers, and the order is that of the index` };
  const records = names.flatMap((category) => (value[category] as unknown[]).map((record) => (isObject(record) && record.category === undefined ? { ...record, category } : record)));
  const isSorted = names.length > 2 && names.every((name, at) => at === 0 || names[at - 1]! < name);
  return { records, count: names.length, isSorted };
}

/** What stands against an index and its records being of one training. */
export function catalogueMismatches(index: ChosenIndex, metadata: ChosenMetadata): Finding[] {
  if (index.header.size === metadata.records) return [];
  return [
    {
      code: "package-mismatch",
      subject: `${targetOf.index} and ${targetOf.metadata}`,
      message: `${index.from} has ${index.header.size} rows and ${metadata.from} ${metadata.records} records`,
      hint: "Row n of the index is record n: where an image failed to embed, its record must go too. Write both from one run.",
    },
  ];
}
