import type { RuntimeName } from "../contract/runtimes";
import type { Content } from "./content";

/** Networks, which are ONNX files. */
export const networkRoles = ["imageTower", "textTower", "network"] as const;
export type NetworkRole = (typeof networkRoles)[number];
/** JSON files that stand by themselves. */
export const documentRoles = ["config", "preprocessor", "scaler", "stations", "tokenizer"] as const;
export type DocumentRole = (typeof documentRoles)[number];
/** A vector index and what its rows stand for. */
export type CatalogueRole = "index" | "metadata";
/** Which part a file plays for a runtime. The runtimes' own comments say what each holds (container/src/runtimes). */
export type Role = NetworkRole | DocumentRole | CatalogueRole;

/** What each runtime reads. */
export const rolesOf: { readonly [name in RuntimeName]: { readonly needed: readonly Role[]; readonly optional: readonly Role[] } } = {
  "clip-embed": { needed: ["imageTower", "preprocessor", "textTower", "tokenizer"], optional: ["config"] },
  "clip-recommend": { needed: ["imageTower", "preprocessor", "index", "metadata"], optional: ["config"] },
  forecast: { needed: ["network", "scaler", "stations"], optional: [] },
  "image-search": { needed: ["imageTower", "preprocessor", "index", "metadata"], optional: ["config"] },
};

/** What the file of a role is called in an artifact, as in the exports that people know. */
export const targetOf: { readonly [role in Role]: string } = {
  config: "config.json",
  imageTower: "vision_model.onnx",
  index: "index.faiss",
  metadata: "metadata.json",
  network: "model.onnx",
  preprocessor: "preprocessor_config.json",
  scaler: "scaler.json",
  stations: "stations.json",
  textTower: "text_model.onnx",
  tokenizer: "tokenizer.json",
};

/** A file that was taken for a role. */
export interface Chosen {
  readonly role: Role;
  readonly content: Content;
  /** Where it came from, as a person named it. */
  readonly from: string;
  /** What it is, in a few words: `int8, opset 17`. */
  readonly note: string;
}

export const isRole = (text: string): text is Role => Object.hasOwn(targetOf, text);
