import { createHash } from "node:crypto";
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../../../contract/artifact";
import { messageOf, StartError } from "../failure";
import { returnable } from "../memory";

/** An artifact whose every byte has been held against its manifest. */
export interface Artifact {
  readonly manifest: ArtifactManifest;
  /** The verified bytes of the file that plays a role. Once: the copy is dropped when it is taken. */
  take(role: string): Uint8Array;
  /** Where the file of an on-disk role lies. */
  pathOf(role: string): string;
}

/**
 * Reads an artifact's folder and holds it against its `slipway.json`: every
 * listed file is there with its size and sha256, and nothing else is. The bytes
 * handed out are the bytes that were hashed, so a file that changes later
 * changes nothing.
 *
 * @param onDisk roles whose files are hashed and left where they are, because
 *   they may be larger than memory should hold twice: their reader trusts that
 *   the folder is read-only, as SageMaker's is.
 * @throws StartError `artifact-manifest-invalid` or `artifact-corrupt`; the message names the file.
 */
export function openArtifact(directory: string, onDisk: readonly string[] = []): Artifact {
  const manifest = readManifest(directory);
  const { present, links } = list(directory);

  const listed = Object.keys(manifest.files).sort();
  for (const path of links) throw corrupt(path, "is a link or a special file; an artifact holds plain files only");
  for (const path of listed) if (!present.has(path)) throw corrupt(path, "is missing");
  for (const path of present) {
    if (path !== ARTIFACT_MANIFEST && !Object.hasOwn(manifest.files, path)) throw corrupt(path, `is not listed in ${ARTIFACT_MANIFEST}`);
  }

  const kept = new Map<string, Uint8Array>();
  const wanted = new Set(Object.entries(manifest.roles).flatMap(([role, path]) => (onDisk.includes(role) ? [] : [path])));
  for (const path of listed) {
    const expected = manifest.files[path]!;
    if (wanted.has(path)) kept.set(path, verify(path, expected, () => wholeFile(join(directory, path))));
    else verify(path, expected, () => digestOf(join(directory, path)));
  }
  const fileOf = (role: string): string => {
    if (!Object.hasOwn(manifest.roles, role)) throw badManifest(`names no file for the role "${role}"`);
    return manifest.roles[role]!;
  };

  return {
    manifest,
    take(role) {
      const path = fileOf(role);
      const bytes = kept.get(path);
      if (bytes === undefined) throw badManifest(`names no file for the role "${role}" that is still to be had: it was taken before, or is left on disk`);
      kept.delete(path);
      return bytes;
    },
    pathOf: (role) => join(directory, fileOf(role)),
  };
}

interface Hashed {
  readonly byteLength: number;
  readonly sha256: string;
}

function verify<T>(path: string, expected: { readonly bytes: number; readonly sha256: string }, read: () => Hashed & { readonly bytes: T }): T {
  let found: Hashed & { readonly bytes: T };
  try {
    found = read();
  } catch (error) {
    throw corrupt(path, `cannot be read: ${messageOf(error)}`);
  }
  const { byteLength, sha256, bytes } = found;
  if (byteLength !== expected.bytes) throw corrupt(path, `has ${byteLength} bytes; its manifest states ${expected.bytes}`);
  if (sha256 !== expected.sha256) throw corrupt(path, `has sha256 ${sha256}; its manifest states ${expected.sha256}`);
  return bytes;
}

const PIECE_BYTES = 4 * 2 ** 20;

function wholeFile(path: string): Hashed & { readonly bytes: Uint8Array } {
  return reading(path, (file, size) => {
    const bytes = returnable(size);
    return { bytes, ...hashed(file, (at) => bytes.subarray(at, at + PIECE_BYTES)) };
  });
}

/** Reads a file of any size, keeping none of it. */
function digestOf(path: string): Hashed & { readonly bytes: undefined } {
  return reading(path, (file, size) => {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size));
    return { bytes: undefined, ...hashed(file, () => piece) };
  });
}

function reading<T>(path: string, read: (file: number, size: number) => T): T {
  const file = openSync(path, "r");
  try {
    return read(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** Hashes a file piece by piece, each while the processor's cache still has it. @param placeFor where the bytes from a place on are read to. */
function hashed(file: number, placeFor: (at: number) => Uint8Array): Hashed {
  const hash = createHash("sha256");
  let byteLength = 0;
  for (;;) {
    const place = placeFor(byteLength);
    const got = place.byteLength === 0 ? 0 : readSync(file, place);
    if (got === 0) return { byteLength, sha256: hash.digest("hex") };
    hash.update(place.subarray(0, got));
    byteLength += got;
  }
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
