import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../../../contract/artifact";
import { messageOf, StartError } from "../failure";

/** An artifact whose every byte has been held against its manifest. */
export interface Artifact {
  readonly manifest: ArtifactManifest;
  /** The verified bytes of the file that plays a role. Once: the copy is dropped when it is taken. */
  take(role: string): Uint8Array;
}

/**
 * Reads an artifact's folder and holds it against its `slipway.json`: every
 * listed file is there with its size and sha256, and nothing else is. The bytes
 * handed out are the bytes that were hashed, so a file that changes later
 * changes nothing.
 *
 * @throws StartError `artifact-manifest-invalid` or `artifact-corrupt`; the message names the file.
 */
export function openArtifact(directory: string): Artifact {
  const manifest = readManifest(directory);
  const { present, links } = list(directory);

  const listed = Object.keys(manifest.files).sort();
  for (const path of links) throw corrupt(path, "is a link or a special file; an artifact holds plain files only");
  for (const path of listed) if (!present.has(path)) throw corrupt(path, "is missing");
  for (const path of present) {
    if (path !== ARTIFACT_MANIFEST && !Object.hasOwn(manifest.files, path)) throw corrupt(path, `is not listed in ${ARTIFACT_MANIFEST}`);
  }

  const kept = new Map<string, Uint8Array>();
  const wanted = new Set(Object.values(manifest.roles));
  for (const path of listed) {
    const bytes = verify(directory, path, manifest.files[path]!);
    if (wanted.has(path)) kept.set(path, bytes);
  }

  return {
    manifest,
    take(role) {
      const path = Object.hasOwn(manifest.roles, role) ? manifest.roles[role]! : undefined;
      const bytes = path === undefined ? undefined : kept.get(path);
      if (path === undefined || bytes === undefined) throw badManifest(`names no file for the role "${role}"`);
      kept.delete(path);
      return bytes;
    },
  };
}

function verify(directory: string, path: string, expected: { readonly bytes: number; readonly sha256: string }): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(directory, path));
  } catch (error) {
    throw corrupt(path, `cannot be read: ${messageOf(error)}`);
  }
  if (bytes.byteLength !== expected.bytes) throw corrupt(path, `has ${bytes.byteLength} bytes; its manifest states ${expected.bytes}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== expected.sha256) throw corrupt(path, `has sha256 ${sha256}; its manifest states ${expected.sha256}`);
  return bytes;
}

function readManifest(directory: string): ArtifactManifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(directory, ARTIFACT_MANIFEST), "utf8"));
  } catch (error) {
    throw badManifest(`cannot be read from ${directory}: ${messageOf(error)}`);
  }
  const manifest = value as ArtifactManifest;
  if (!isObject(value) || manifest.manifestVersion !== 1) throw badManifest("is not a manifest of version 1");
  for (const field of ["runtime", "model", "version"] as const) {
    if (typeof manifest[field] !== "string") throw badManifest(`has no ${field}`);
  }
  if (!isObject(manifest.files)) throw badManifest("has no files");
  if (!isObject(manifest.roles)) throw badManifest("has no roles");
  for (const [path, file] of Object.entries(manifest.files)) {
    if (!isPlainPath(path)) throw badManifest(`lists ${JSON.stringify(path)}, which is not a plain path below the artifact's root`);
    if (!isObject(file) || !Number.isSafeInteger(file.bytes) || !/^[0-9a-f]{64}$/.test(String(file.sha256))) {
      throw badManifest(`does not give bytes and sha256 of ${path}`);
    }
  }
  for (const [role, path] of Object.entries(manifest.roles)) {
    if (typeof path !== "string" || !Object.hasOwn(manifest.files, path)) throw badManifest(`gives the role "${role}" to a file that it does not list`);
  }
  return manifest;
}

/** Relative, with `/`, no empty, `.` or `..` segment: the only spelling of that file. */
function isPlainPath(path: string): boolean {
  if (/[\\\0]/.test(path) || path === ARTIFACT_MANIFEST) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

/** Everything below the root, without following a link. */
function list(directory: string): { present: Set<string>; links: string[] } {
  const present = new Set<string>();
  const links: string[] = [];
  const walk = (below: string): void => {
    const entries: Dirent[] = readdirSync(join(directory, below), { withFileTypes: true });
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) present.add(path);
      else links.push(path);
    }
  };
  walk("");
  return { present, links: links.sort() };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const corrupt = (path: string, what: string): StartError => new StartError("artifact-corrupt", `${path} ${what}`);
const badManifest = (what: string): StartError => new StartError("artifact-manifest-invalid", `${ARTIFACT_MANIFEST} ${what}`);
