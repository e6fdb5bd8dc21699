import { ref, type PlannedResource } from "../../../contract/resources";
import { artifactOf } from "../../artifact-objects";
import { dataObjects, dataPrefix, type StoredData } from "../../data-bucket";
import type { Statement } from "../../iam";
import { logicalName, slug } from "../../naming";
import { SHARED, sharedNames, tagsOf } from "../../shared";
import type { ResolvedModel, StackFacts } from "../../types";

/** Hex digits of the artifact's sha256 in its key. */
const KEY_HASH_LENGTH = 12;

/** Where the versions of a model lie in the stack's data bucket. */
export const targetPrefix = (model: { readonly name: string }): string => dataPrefix(model, "multi-model");

/**
 * What a caller names a version by: its key below the prefix. It carries the
 * artifact's sha256, so that a key never changes its content: SageMaker keeps a
 * model in memory and on disk by its key, and would go on answering with the old
 * one (https://docs.aws.amazon.com/sagemaker/latest/dg/add-models-to-endpoint.html).
 */
export const targetOf = (version: string, sha256: string): string => `${slug(version)}-${sha256.slice(0, KEY_HASH_LENGTH)}.tar.gz`;

/** Version → target, of every version in the descriptor. */
export const targetsOf = (model: Pick<ResolvedModel, "versions">): { readonly [version: string]: string } =>
  Object.fromEntries(versionsOf(model).map((version) => [version, targetOf(version, model.versions[version]!.sha256)]));

export const versionsOf = ({ versions }: Pick<ResolvedModel, "versions">): string[] => Object.keys(versions).sort();

/** A copy of each version's artifact below the prefix. A new version is one more; nothing else of the endpoint changes. */
export function planTargets(model: ResolvedModel, facts: StackFacts): PlannedResource[] {
  return Object.entries(targetsOf(model)).map(([version, target]) => ({
    type: "aws:s3/objectCopy:ObjectCopy",
    name: logicalName(model.name, "target", version),
    parent: model.name,
    inputs: {
      bucket: ref(sharedNames.dataBucket, "bucket"),
      key: `${targetPrefix(model)}${target}`,
      source: artifactOf(model, version).source,
      tags: tagsOf(facts, model),
    },
    // A copy made before the bucket encrypts with its key stays as it was written.
    dependsOn: [logicalName(SHARED, "data-encryption")],
  }));
}

/** Kept until its version leaves the descriptor. */
export const targetStores = (model: ResolvedModel): StoredData[] => [{ prefix: targetPrefix(model), expireAfterDays: null }];

/** What the model's role may do: find and read the versions. */
export function targetGrants(model: ResolvedModel): Statement[] {
  const prefix = targetPrefix(model);
  return [
    { Sid: "ReadTargets", Effect: "Allow", Action: "s3:GetObject", Resource: dataObjects(prefix) },
    {
      Sid: "ListTargets",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: ref(sharedNames.dataBucket, "arn"),
      Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } },
    },
  ];
}
