import type { Json } from "../contract/json";
import type { Fault } from "./layers";
import { limits } from "./limits";
import { LOCAL_PATH } from "./local-path";
import { parse } from "./parse";
import { fieldsIn, textIn } from "./rules/rule";
import type { RegistryArtifact, RegistryFile } from "./types";

/**
 * The paths of all artifacts in the repository that descriptors name, in the base or in an overlay: what the reader is
 * to look at. Sorted, each once; never throws for what the files hold.
 */
export function localArtifactPaths(descriptors: readonly RegistryFile[]): string[] {
  const found = descriptors.flatMap((file) => {
    // Parsing every descriptor twice for what few have would double the time of `validate`.
    if ("refused" in file.content || !Buffer.from(file.content).includes("./")) return [];
    const { data } = parse(file);
    const layers = data === undefined ? [] : [data, ...Object.values(fieldsIn(data.environments)).map(fieldsIn)];
    return layers.flatMap(({ versions }) => Object.values(fieldsIn(versions)).flatMap((version) => textIn(fieldsIn(version).artifact) ?? []));
  });
  return [...new Set(found.filter((path) => LOCAL_PATH.test(path)))].sort();
}

/** What is wrong with the artifacts of a descriptor that lie in the repository; nothing of those that nobody looked at. */
export function localArtifactFaults({ versions, serving }: { readonly [field: string]: Json }, artifacts: readonly RegistryArtifact[] | undefined): Fault[] {
  return Object.entries(fieldsIn(versions)).flatMap(([version, written]): Fault[] => {
    const { artifact, sha256 } = fieldsIn(written);
    const file = artifacts?.find(({ path }) => path === artifact);
    if (file === undefined) return [];
    const path = ["versions", version, "artifact"];
    if ("refused" in file) return [{ code: "artifact-missing", path, message: `${file.path}: ${file.refused}`, hint: "write a path from the top of the repository, or upload the archive and write s3://bucket/key.tar.gz" }];
    return [...hashFaults(version, file, textIn(sha256)), ...sizeFaults(path, file, serving)];
  });
}

type SoundArtifact = Extract<RegistryArtifact, { readonly bytes: number }>;

function hashFaults(version: string, { path, sha256: is }: SoundArtifact, written: string | undefined): Fault[] {
  // Something else than a hash is reported by the schema, and a placeholder as one.
  if (written === undefined || !/^[0-9a-f]{64}$/.test(written) || /^(.)\1*$/.test(written) || written === is) return [];
  return [
    {
      code: "artifact-sha256",
      path: ["versions", version, "sha256"],
      message: `${path} has the sha256 ${is.slice(0, 12)}…, and ${version} says ${written.slice(0, 12)}…: the container would refuse to start`,
      hint: `write: sha256: "${is}", in a new version where ${version} has been deployed`,
    },
  ];
}

function sizeFaults(path: readonly string[], { path: file, bytes, unpackedBytes }: SoundArtifact, serving: Json | undefined): Fault[] {
  const [upload, disk] = [limits.uploadBytes, limits.serverlessDiskBytes];
  if (bytes > upload.value) return [{ code: "artifact-too-large", path: [...path], message: `${file} has ${gibibytes(bytes)} GiB, and one upload takes ${gibibytes(upload.value)}`, hint: "upload it in parts with `aws s3 cp`, and write s3://bucket/key.tar.gz", source: upload.source }];
  if (fieldsIn(serving).serverless === undefined || unpackedBytes <= disk.value) return [];
  return [{ code: "artifact-too-large", path: [...path], message: `${file} unpacks to ${gibibytes(unpackedBytes)} GiB, and a serverless container has a disk of ${gibibytes(disk.value)}`, hint: "serve the model on instances", source: disk.source }];
}

const gibibytes = (bytes: number): number => Math.round((bytes / 1024 ** 3) * 10) / 10;

