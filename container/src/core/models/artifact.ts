import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../../../../contract/artifact";
import type { ServeSpec } from "../../../../contract/serve-spec";
import { messageOf, RequestError } from "../../failure";

/** What the server must know of an artifact before a process loads it. */
export interface FoundArtifact {
  readonly version: string;
  /** All its files together. */
  readonly bytes: number;
}

/**
 * Looks at the artifact in a folder: that it is of this endpoint's model and
 * runtime, and of which version. Its files are held against their sha256 by the
 * process that loads it, as for a model that is served alone.
 *
 * @param url the folder, absolute, as SageMaker writes it: `/opt/ml/models/<name>/model`.
 * @throws RequestError `model-folder-missing` or `model-not-loadable`.
 */
export function findArtifact(url: string, spec: Pick<ServeSpec, "model" | "runtime">): FoundArtifact {
  if (!isAbsolute(url) || url.includes("\0")) throw new RequestError("model-not-loadable", `url is ${JSON.stringify(url)}; it must be an absolute path`, "/url");
  if (!isFolder(url)) throw new RequestError("model-folder-missing", `there is no folder ${url}`, "/url");
  const manifest = readManifest(url);
  for (const field of ["model", "runtime"] as const) {
    if (manifest[field] !== spec[field]) {
      throw notLoadable(`is for the ${field} ${JSON.stringify(manifest[field])}; this endpoint serves ${JSON.stringify(spec[field])}`);
    }
  }
  if (typeof manifest.version !== "string" || manifest.version === "") throw notLoadable("names no version");
  const bytes = Object.values(manifest.files ?? {}).reduce((sum, file) => sum + (Number.isSafeInteger(file?.bytes) ? file.bytes : 0), 0);
  return { version: manifest.version, bytes };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readManifest(folder: string): Partial<ArtifactManifest> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, ARTIFACT_MANIFEST), "utf8"));
  } catch (error) {
    throw notLoadable(`cannot be read: ${messageOf(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notLoadable("is not a JSON object");
  return value;
}

const notLoadable = (what: string): RequestError => new RequestError("model-not-loadable", `${ARTIFACT_MANIFEST} ${what}`, "/url");
