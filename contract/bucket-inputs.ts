import type { Tags } from "./network-inputs";

/** The inputs of buckets and what lies in them; `resources.ts` holds those of all others. */
export interface BucketInputs {
  "aws:s3/bucket:Bucket": Tags & {
    bucket: string;
    /** Deletes the objects with the bucket; without it AWS refuses to delete one that holds any. */
    forceDestroy: boolean;
  };
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    bucket: string;
    rules: {
      id: string;
      status: "Enabled";
      /** Every object where the prefix is empty. */
      filter: { prefix: string };
      expiration?: { days: number };
      noncurrentVersionExpiration?: { noncurrentDays: number };
      abortIncompleteMultipartUpload?: { daysAfterInitiation: number };
    }[];
  };
  "aws:s3/bucketObjectv2:BucketObjectv2": Tags & {
    bucket: string;
    key: string;
    /** What it holds: this, */
    contentBase64?: string;
    /** or a file of the repository, by its path from the top. */
    file?: string;
    contentType: string;
  };
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { bucket: string; rule: { objectOwnership: "BucketOwnerEnforced" } };
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: string; policy: string };
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    bucket: string;
    blockPublicAcls: true;
    blockPublicPolicy: true;
    ignorePublicAcls: true;
    restrictPublicBuckets: true;
  };
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    bucket: string;
    rules: { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms"; kmsMasterKeyId: string }; bucketKeyEnabled: boolean }[];
  };
  /** `source` is `bucket/key` of an object of at most 5 GB (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html). */
  "aws:s3/objectCopy:ObjectCopy": Tags & { bucket: string; key: string; source: string };
  "aws:s3/bucketVersioning:BucketVersioning": { bucket: string; versioningConfiguration: { status: "Enabled" } };
}
