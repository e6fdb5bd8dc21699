import { join } from "node:path";
import type { S3Reader } from "./s3-reader";
import { RequestError, messageOf } from "../failure";

/** `s3://bucket/key`; undefined for anything else. */
export function s3Uri(uri: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/su.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/**
 * Reads objects from S3 as whoever the container runs as; `AWS_ENDPOINT_URL` may name another S3.
 * The SDK is loaded with the first object: most containers never fetch one, and it would double
 * the time that a small model takes to start.
 */
export function s3Fetcher(maxBytes: number): (uri: string) => Promise<Uint8Array> {
  let reader: S3Reader | undefined;
  return async (uri) => {
    const place = s3Uri(uri);
    if (place === undefined) throw new RequestError("validation-failed", `${JSON.stringify(uri.slice(0, 200))} is not the address of an object in S3`);
    try {
      reader ??= await loadReader();
      return await reader.read(place.bucket, place.key, maxBytes);
    } catch (error) {
      if (error instanceof RangeError) throw new RequestError("body-too-large", `the object ${uri} is larger than ${maxBytes} bytes`);
      const reason = (error as Error).name === "Error" ? messageOf(error) : `${(error as Error).name}: ${messageOf(error)}`;
      throw new RequestError("object-unavailable", `the object ${uri} could not be read: ${reason}`);
    }
  };
}

/** A file of its own in the image, `s3-reader.cjs`, so that the thread's file stays small. */
async function loadReader(): Promise<S3Reader> {
  const file = __filename.endsWith(".ts") ? join(__dirname, "s3-reader.ts") : join(__dirname, "s3-reader.cjs");
  return ((await import(file)) as { openS3: () => S3Reader }).openS3();
}
