import { join, ref, type Join, type PlannedResource } from "../contract/resources";
import { dataObject, dataPrefix, type StoredData } from "./data-bucket";
import { objectArn } from "./iam";
import type { KeyUse } from "./key";
import { isLocalArtifact } from "./local-path";
import { logicalName, slug } from "./naming";
import { SHARED, sharedNames, tagsOf } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/** Hex digits of the sha256 in the logical name of an upload; its key has all of them. */
const NAME_HASH_LENGTH = 12;

/** Where the artifact of a version lies once the stack is there. */
export interface PlannedArtifact {
  /** `s3://bucket/key`. */
  readonly uri: string | Join;
  /** `bucket/key`. */
  readonly source: string | Join;
  readonly arn: Join;
  /** Whether Slipway uploads it from the repository, into the stack's data bucket. */
  readonly uploaded: boolean;
}

/** The artifact of a version: where its owner put it, or where its upload is. */
export function artifactOf(model: Pick<ResolvedModel, "name" | "versions">, version: string): PlannedArtifact {
  const { artifact = "" } = model.versions[version] ?? {};
  if (!isLocalArtifact(artifact)) return { uri: artifact, source: artifact.replace(/^s3:\/\//, ""), arn: objectArn(artifact), uploaded: false };
  const object = uploadName(model, version);
  const source = [ref(object, "bucket"), "/", ref(object, "key")];
  return { uri: join("s3://", ...source), source: join(...source), arn: dataObject(uploadKey(model, version)), uploaded: true };
}

/**
 * Uploads of the artifacts that lie in the repository, of the versions that are
 * served. The key ends in the sha256 of what it holds, so an upload never
 * changes; and it stays in S3 when it leaves the stack, as a model that is live,
 * or one to roll back to, may read it at any time.
 */
export function planUploads(model: ResolvedModel, facts: StackFacts): PlannedResource[] {
  return uploadedVersions(model).map((version) => ({
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    name: uploadName(model, version),
    parent: model.name,
    inputs: {
      bucket: ref(sharedNames.dataBucket, "bucket"),
      key: uploadKey(model, version),
      file: model.versions[version]!.artifact,
      contentType: "application/gzip",
      tags: tagsOf(facts, model),
    },
    // What is written before the bucket has its key is encrypted with another.
    dependsOn: [logicalName(SHARED, "data-encryption")],
    retainOnDelete: true,
  }));
}

export const uploadStores = (model: ResolvedModel): StoredData[] => (uploadedVersions(model).length === 0 ? [] : [{ prefix: dataPrefix(model, "artifacts"), expireAfterDays: null }]);

/** The data bucket encrypts what is uploaded; the model's own role reads it. */
export const uploadKeyUses = (model: ResolvedModel): KeyUse[] => (uploadedVersions(model).length === 0 ? [] : ["read"]);

/** Every version of a multi-model endpoint is served; of others those in the traffic, and the shadow. */
function uploadedVersions({ versions, traffic, shadow, serving }: ResolvedModel): string[] {
  const served = new Set([...traffic.map(({ version }) => version), ...(shadow === null ? [] : [shadow.version])]);
  return Object.entries(versions)
    .filter(([version, { artifact }]) => isLocalArtifact(artifact) && (serving.multiModel !== undefined || served.has(version)))
    .map(([version]) => version)
    .sort();
}

const uploadKey = (model: Pick<ResolvedModel, "name" | "versions">, version: string): string =>
  `${dataPrefix(model, "artifacts")}${slug(version)}-${model.versions[version]!.sha256}.tar.gz`;

const uploadName = (model: Pick<ResolvedModel, "name" | "versions">, version: string): string =>
  logicalName(model.name, "artifact", version, model.versions[version]!.sha256.slice(0, NAME_HASH_LENGTH));
