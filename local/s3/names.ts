import { S3Error } from "./errors";

/** Bytes of UTF-8 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
export const MAX_KEY_BYTES = 1024;

/** Paths that the port already has: control plane, runtime and page are on it too. */
const reserved = new Set(["endpoints", "slipway"]);

/**
 * The name of a general purpose bucket.
 * @throws S3Error `InvalidBucketName`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function checkBucketName(name: string): void {
  const legal = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (!legal) throw new S3Error("InvalidBucketName", `The specified bucket is not valid: ${JSON.stringify(name)}`);
  if (reserved.has(name)) throw new S3Error("InvalidBucketName", `${name} is a path of the local SageMaker, so no bucket on this machine may have that name`);
}

/**
 * A key that means the same everywhere. S3 itself keeps some that a path-style
 * client or a file system would read as another place; those are refused here.
 * @throws S3Error `KeyTooLongError` or `InvalidArgument`.
 */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error("KeyTooLongError", `Your key is too long: it has ${Buffer.byteLength(key)} bytes, and ${MAX_KEY_BYTES} are allowed`);
  if (key === "" || key.includes("\0") || key.split(/[/\\]/).some((part) => part === "." || part === "..")) {
    throw new S3Error("InvalidArgument", `The key ${JSON.stringify(key)} is empty, holds a NUL, or leads out of its bucket`);
  }
}

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of `s3://bucket/key`; undefined where it is no such address. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

export const s3Uri = ({ bucket, key }: S3Location): string => `s3://${bucket}/${key}`;
