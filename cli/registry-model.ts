import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { type RuntimeName, runtimeNames } from "../contract/runtimes";
import type { ServeSpec } from "../contract/serve-spec";
import { loadRegistry } from "../planning";
import type { ResolvedModel } from "../planning/types";
import { readRegistry } from "../registry/read";

/** What the registry of this folder knows of a model. */
export interface RegistryModel {
  /** Relative to this folder. */
  readonly file: string;
  readonly text: string;
  readonly runtime: RuntimeName | undefined;
  /** Absent where the descriptor has errors. */
  readonly resolved: ResolvedModel | undefined;
}

/** Undefined where there is no registry here, or none that has the model. */
export function registryModel(name: string): RegistryModel | undefined {
  let files: ReturnType<typeof readRegistry>;
  try {
    files = readRegistry(process.cwd());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  for (const { path, content } of files.descriptors) {
    if (!(content instanceof Uint8Array)) continue;
    const document = parseDocument(Buffer.from(content).toString("utf8"));
    if (document.get("name") !== name) continue;
    const runtime = document.get("runtime") as RuntimeName;
    // Of the base: what the golden examples are answered with is the same in every environment.
    const { models } = loadRegistry(files, { environment: "dev" });
    return { file: path, text: readFileSync(join(process.cwd(), path), "utf8"), runtime: runtimeNames.includes(runtime) ? runtime : undefined, resolved: models.find((model) => model.name === name) };
  }
  return undefined;
}

/** As generous as the modes that a container is tried out for ever are. */
const LIMITS: ServeSpec["limits"] = { timeoutSeconds: 60, maxBodyBytes: 100 * 2 ** 20 };

/** The spec that a container is started with to try an artifact out; without a descriptor every request is accepted, and settings are the runtime's defaults. */
export function trialSpec(artifact: { readonly model: string; readonly version: string; readonly runtime: RuntimeName; readonly uri: string; readonly sha256: string }, resolved: ResolvedModel | undefined): ServeSpec {
  const { model, version, runtime, uri, sha256 } = artifact;
  return {
    specVersion: 1,
    model,
    version,
    runtime,
    settings: resolved?.settings ?? {},
    artifact: { uri, sha256 },
    request: resolved?.contract.request ?? {},
    contractSha256: resolved?.contract.sha256 ?? "0".repeat(64),
    limits: LIMITS,
  };
}
