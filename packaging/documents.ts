import { readTokenizerFile } from "../container/src/clip/tokenizer-file";
import { readTransform } from "../container/src/runtimes/clip/transform";
import { fromBytes } from "./content";
import type { Finding } from "./finding";
import { isObject, jsonBytes, readJson } from "./json-file";
import { type Chosen, type DocumentRole, targetOf } from "./roles";
import type { SourceFile } from "./source";
import { suspicion } from "./suspects";

/** What a document says, and what is written for it where that is another text than the file's own. */
interface Meaning {
  readonly value: unknown;
  readonly rewritten?: unknown;
  readonly note: string;
}

interface DocumentKind {
  /** File names that it goes by, the likeliest first; the rest of the path does not matter. */
  readonly names: readonly string[];
  /** Whether JSON under another name is one. */
  readonly looksLikeOne: (value: unknown) => boolean;
  /** @throws Error in words that go on from the file's name. */
  readonly read: (value: unknown) => Meaning;
  /** What to do where there is none. */
  readonly missing: string;
  /** Files that are there in its place. */
  readonly inPlace?: readonly string[];
}

const kinds: { readonly [role in DocumentRole]: DocumentKind } = {
  config: {
    names: ["config.json"],
    looksLikeOne: () => false,
    read: (value) => ({ value, note: "kept as it is" }),
    missing: "",
  },
  preprocessor: {
    names: ["preprocessor_config.json", "open_clip_config.json"],
    looksLikeOne: (value) => isObject(value) && ("image_mean" in value || isObject(value.preprocess_cfg)),
    read: readPreprocessor,
    missing: "Every export from Hugging Face has it beside config.json; of OpenCLIP's, open_clip_config.json is taken as well.",
  },
  scaler: {
    names: ["scaler.json"],
    looksLikeOne: (value) => isObject(value) && "scale" in value && "mean" in value,
    read: readScaler,
    missing: 'Write the mean and the scale that the training used: { "mean": 11.9057, "scale": 10.7663 }.',
    inPlace: ["scaler.pkl", "scaler.joblib", "scaler.save"],
  },
  stations: {
    names: ["stations.json", "station_mappings.json"],
    looksLikeOne: (value) => isObject(value) && Object.keys(value).length > 1 && Object.values(value).every(Number.isInteger),
    read: readStations,
    missing: 'Write the id that the training gave to each station\'s code: { "16107": 700, … }.',
    inPlace: ["station_mappings.pkl", "stations.pkl", "station_mapping.pkl"],
  },
  tokenizer: {
    names: ["tokenizer.json"],
    looksLikeOne: (value) => isObject(value) && isObject(value.model) && "vocab" in value.model,
    read: (value) => ({ value, note: `${Object.keys(readTokenizerFile(value).vocabulary).length} tokens` }),
    missing: "Every CLIP on Hugging Face has one; AutoTokenizer.from_pretrained(…).save_pretrained(folder) writes it.",
    inPlace: ["vocab.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz"],
  },
};

/** A document that was taken, and what it says. */
export interface ChosenDocument extends Chosen {
  readonly value: unknown;
}

const nameOf = ({ path }: SourceFile): string => path.slice(path.lastIndexOf("/") + 1).toLowerCase();

/** Takes a document for a role by its name, or else by what is in it. Undefined where there is none of an optional one. */
export function chooseDocument(role: DocumentRole, files: readonly SourceFile[], isOptional: boolean): ChosenDocument | readonly Finding[] | undefined {
  const { names, missing, inPlace = [] } = kinds[role];
  for (const name of names) {
    const found = files.filter((file) => nameOf(file) === name);
    const [first, ...others] = role === "config" ? found.filter(isClipConfig).slice(0, 1) : found;
    if (first === undefined) continue;
    if (others.length > 0) return [ambiguous(role, [first, ...others])];
    return takeDocument(role, first);
  }
  if (isOptional) return undefined;
  const others = files.filter((file) => /\.json$/i.test(file.path) && !isKnownName(nameOf(file)) && looksLike(role, file));
  if (others.length > 1) return [ambiguous(role, others)];
  if (others.length === 1) return takeDocument(role, others[0]!);
  const instead = files.find((file) => inPlace.includes(nameOf(file)));
  const pickled = instead === undefined ? undefined : suspicion(instead);
  if (pickled !== undefined) return [pickled];
  const there = instead === undefined ? "there is no such file" : `there is ${instead.name}, which is not it`;
  return [{ code: "package-file-missing", subject: role, message: `${role} is ${names.join(" or ")}; ${there}`, hint: missing }];
}

/** Takes this file for the role, or says what is against it. */
export function takeDocument(role: DocumentRole, file: SourceFile): ChosenDocument | readonly Finding[] {
  const suspect = suspicion(file);
  if (suspect !== undefined) return [suspect];
  const json = readJson(file);
  const wrong = (message: string): Finding[] => [{ code: "package-file-wrong", subject: file.name, message }];
  if ("fault" in json) return wrong(json.fault);
  try {
    const { value, rewritten, note } = kinds[role].read(json.value);
    return { role, content: fromBytes(rewritten === undefined ? json.bytes : jsonBytes(rewritten)), from: file.name, note, value };
  } catch (error) {
    return wrong((error as Error).message);
  }
}

const ambiguous = (role: DocumentRole, files: readonly SourceFile[]): Finding => ({
  code: "package-file-ambiguous",
  subject: role,
  message: `${targetOf[role]} could be ${files.map(({ name }) => name).join(", ")}`,
  hint: `Say which: --role ${role}=${files[0]!.name}`,
});

/** Files of exports that are something else, whatever is in them. */
const isKnownName = (name: string): boolean => Object.values(kinds).some(({ names }) => names.includes(name)) || /^(special_tokens_map|tokenizer_config|vocab|added_tokens|generation_config|quantize_config|ort_config|slipway|package)\.json$/.test(name);

/** stygig's own config.json says nothing that is read. */
function isClipConfig(file: SourceFile): boolean {
  const json = readJson(file);
  return "value" in json && isObject(json.value) && (json.value.model_type === "clip" || isObject(json.value.vision_config));
}

function looksLike(role: DocumentRole, file: SourceFile): boolean {
  const json = readJson(file);
  return "value" in json && kinds[role].looksLikeOne(json.value);
}

/** Hugging Face's, or OpenCLIP's with the same in other words (https://github.com/mlfoundations/open_clip/blob/main/src/open_clip/transform.py). */
function readPreprocessor(value: unknown): Meaning {
  if (!isObject(value)) throw new Error("is not an object");
  const { preprocess_cfg: preprocess, model_cfg: model } = value;
  if (!isObject(preprocess)) return { value: readTransform(value), note: sideNote(readTransform(value).sizePx) };
  const vision = isObject(model) && isObject(model.vision_cfg) ? model.vision_cfg : {};
  const size = preprocess.size ?? vision.image_size;
  const side = Array.isArray(size) ? size[0] : size;
  const { interpolation = "bicubic", resize_mode: mode = "shortest" } = preprocess;
  if (interpolation !== "bicubic" || mode !== "shortest") throw new Error(`preprocesses by ${String(interpolation)} to the ${String(mode)} side; the container does it as CLIP does, bicubic to the shortest`);
  const rewritten = { image_mean: preprocess.mean, image_std: preprocess.std, size: { shortest_edge: side }, crop_size: { height: side, width: side }, resample: 3, do_resize: true, do_center_crop: true, do_rescale: true, do_normalize: true };
  const transform = readTransform(rewritten);
  return { value: transform, rewritten, note: `${sideNote(transform.sizePx)}, written from OpenCLIP's` };
}

const sideNote = (side: number): string => `${side} × ${side} pixels`;

/** `{ mean, scale }`; or as scikit-learn names a StandardScaler's, of one feature. */
function readScaler(value: unknown): Meaning {
  if (!isObject(value)) throw new Error("is not an object with mean and scale");
  const mean = one(value.mean ?? value.mean_, "mean");
  const deviation = value.scale ?? value.scale_ ?? value.std;
  const variance = value.var ?? value.var_;
  const scale = deviation !== undefined ? one(deviation, "scale") : Math.sqrt(one(variance, "scale"));
  if (!(scale > 0)) throw new Error(`has a scale of ${scale}; it must be above 0`);
  const isPlain = value.mean === mean && value.scale === scale;
  return { value: { mean, scale }, note: `mean ${mean}, scale ${scale}`, ...(isPlain ? {} : { rewritten: { mean, scale } }) };
}

function one(value: unknown, field: string): number {
  const inner = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  if (typeof inner === "number" && Number.isFinite(inner)) return inner;
  if (Array.isArray(value)) throw new Error(`has a ${field} of ${value.length} features; the forecast scales one, the bikes at a station`);
  throw new Error(`has ${value === undefined ? `no ${field}` : `${JSON.stringify(value)} as its ${field}`}; write the number that the training used`);
}

function readStations(value: unknown): Meaning {
  if (!isObject(value)) throw new Error("is not an object of station codes and their ids");
  // One level down, where a training script kept several mappings in one file.
  const inner = Object.values(value).filter(isObject);
  const table = Object.keys(value).length === 1 && inner.length === 1 ? inner[0]! : value;
  const entries = Object.entries(table);
  if (entries.length === 0) throw new Error("holds no station");
  for (const [code, id] of entries) {
    if (!Number.isInteger(id) || (id as number) < 0) throw new Error(`gives station ${JSON.stringify(code)} the id ${JSON.stringify(id)}; it must be a whole number`);
  }
  const ids = new Set(entries.map(([, id]) => id));
  if (ids.size < entries.length) throw new Error(`gives ${entries.length} stations ${ids.size} ids: two of them would be forecast as one`);
  return { value: table, note: `${entries.length} stations`, ...(table === value ? {} : { rewritten: table }) };
}
