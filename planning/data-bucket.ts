import { join, ref, type Join, type PlannedResource } from "../contract/resources";
import { policyDocument } from "./iam";
import { keyArn } from "./key";
import { dataBucketName, logicalName, slug } from "./naming";
import { SHARED, sharedNames, tagsOf } from "./shared";
import type { StackFacts } from "./types";

/** A part of the stack's data bucket that somebody writes to. */
export interface StoredData {
  /** Below the bucket, with a slash at its end: `stygig-clip/async/output/`. */
  readonly prefix: string;
  /** Days until an object is deleted; null: kept until somebody deletes it. */
  readonly expireAfterDays: number | null;
}

/** Where a model's data lies in the bucket: `<model>/<part>/…/`. */
export const dataPrefix = (model: { readonly name: string }, ...parts: readonly string[]): string => `${[slug(model.name), ...parts].join("/")}/`;

/** `s3://<bucket>/<prefix>`. */
export const dataUri = (prefix: string): Join => join("s3://", ref(sharedNames.dataBucket, "bucket"), `/${prefix}`);

/** ARN of every object below a prefix. */
export const dataObjects = (prefix: string): Join => join(ref(sharedNames.dataBucket, "arn"), `/${prefix}*`);

/** ARN of one object. */
export const dataObject = (key: string): Join => join(ref(sharedNames.dataBucket, "arn"), `/${key}`);

/** Days after which an overwritten version, or an upload that was never finished, goes. */
const REMAINS_DAYS = 7;

/**
 * The one bucket that a stack has in a region, for what its models there read
 * and write while they serve. Private, encrypted with the stack's key, reached over TLS only; each
 * model has its own prefix, and its role sees no other.
 */
export function planDataBucket(facts: StackFacts, stored: readonly StoredData[]): PlannedResource[] {
  const bucket = ref(sharedNames.dataBucket, "bucket");
  const arn = ref(sharedNames.dataBucket, "arn");
  const publicAccess = logicalName(SHARED, "data-public-access");
  return [
    {
      type: "aws:s3/bucket:Bucket",
      name: sharedNames.dataBucket,
      parent: SHARED,
      inputs: {
        bucket: dataBucketName(facts.stack, facts.region),
        // A stack that goes away does not take along what was written to it: empty the bucket first.
        forceDestroy: false,
        tags: tagsOf(facts),
      },
    },
    {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      name: publicAccess,
      parent: SHARED,
      inputs: { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    },
    {
      type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      name: logicalName(SHARED, "data-ownership"),
      parent: SHARED,
      inputs: { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      // S3 takes one change of a bucket's access at a time (409 OperationAborted):
      // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
      dependsOn: [publicAccess],
    },
    {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: logicalName(SHARED, "data-policy"),
      parent: SHARED,
      inputs: {
        bucket,
        policy: policyDocument({
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
          Sid: "OnlyEncrypted",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, join(arn, "/*")],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      },
      dependsOn: [logicalName(SHARED, "data-ownership")],
    },
    {
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      name: logicalName(SHARED, "data-encryption"),
      parent: SHARED,
      inputs: {
        bucket,
        // A bucket key: one call to KMS for many objects (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn(facts) }, bucketKeyEnabled: true }],
      },
    },
    {
      type: "aws:s3/bucketVersioning:BucketVersioning",
      name: logicalName(SHARED, "data-versioning"),
      parent: SHARED,
      inputs: { bucket, versioningConfiguration: { status: "Enabled" } },
    },
    {
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      name: logicalName(SHARED, "data-lifecycle"),
      parent: SHARED,
      inputs: {
        bucket,
        rules: [
          {
            id: "remains",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: REMAINS_DAYS },
            abortIncompleteMultipartUpload: { daysAfterInitiation: REMAINS_DAYS },
          },
          ...byPrefix(stored).flatMap(({ prefix, expireAfterDays }) =>
            expireAfterDays === null ? [] : [{ id: prefix, status: "Enabled" as const, filter: { prefix }, expiration: { days: expireAfterDays } }],
          ),
        ],
      },
      // A rule about versions needs a bucket that has them.
      dependsOn: [logicalName(SHARED, "data-versioning")],
    },
  ];
}

const byPrefix = (stored: readonly StoredData[]): StoredData[] => [...stored].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
