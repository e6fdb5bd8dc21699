import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ResourceInputs } from "../../contract/resources";

/** Puts an object whose content the plan has, or names as a file below `root`. */
export async function upload(s3: S3Client, { bucket, key, contentBase64, file, contentType }: ResourceInputs["aws:s3/bucketObjectv2:BucketObjectv2"], root = "."): Promise<void> {
  const path = file === undefined ? undefined : join(root, file);
  const body = path === undefined ? { Body: Buffer.from(contentBase64 ?? "", "base64") } : { Body: createReadStream(path), ContentLength: (await stat(path)).size };
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: contentType, ...body }));
}

/** Copies an object that is on this machine. What lies in a bucket on AWS is found by its sha256 when it is asked for. */
export async function copy(s3: S3Client, { bucket, key, source }: ResourceInputs["aws:s3/objectCopy:ObjectCopy"]): Promise<void> {
  const [, from, fromKey] = /^([^/]+)\/(.+)$/.exec(source) ?? [];
  try {
    const { Body, ContentLength, ContentType } = await s3.send(new GetObjectCommand({ Bucket: from, Key: fromKey }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength, ContentType }));
  } catch (error) {
    if (!["NoSuchBucket", "NoSuchKey"].includes((error as Error).name)) throw error;
  }
}
