import { join } from "node:path";
import type { S3Place, S3Reader } from "./s3-reader";
import { RequestError, messageOf } from "../failure";

/** `s3://bucket/key`; undefined for anything else. */
export function s3Uri(uri: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/su.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** Where S3 is, by the variables that every AWS SDK knows. */
export function s3Place(environment: { readonly [name: string]: string | undefined }): S3Place {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = environment;
  const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  return { region: AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1", ...(endpoint === undefined ? {} : { endpoint }) };
}

/**
 * Reads objects from S3 as whoever the container runs as.
 * The SDK is loaded with the first object: most containers never fetch one, and it would double
 * the time that a small model takes to start.
 */
export function s3Fetcher(place: S3Place, maxBytes: number): (uri: string, path: string) => Promise<Uint8Array> {
  let reader: S3Reader | undefined;
  return async (uri, path) => {
    const object = s3Uri(uri);
    if (object === undefined) throw new RequestError("validation-failed", `${JSON.stringify(uri.slice(0, 200))} is not the address of an object in S3`, path);
    try {
      reader ??= await loadReader(place);
      return await reader.read(object.bucket, object.key, maxBytes);
    } catch (error) {
      if (error instanceof RangeError) throw new RequestError("body-too-large", `the object ${uri} is larger than ${maxBytes} bytes`, path);
      const reason = (error as Error).name === "Error" ? messageOf(error) : `${(error as Error).name}: ${messageOf(error)}`;
      throw new RequestError("object-unavailable", `the object ${uri} could not be read: ${reason}`, path);
    }
  };
}

/** A file of its own in the image, `s3-reader.cjs`, so that the thread's file stays small. */
async function loadReader(place: S3Place): Promise<S3Reader> {
  const file = __filename.endsWith(".ts") ? join(__dirname, "s3-reader.ts") : join(__dirname, "s3-reader.cjs");
  return ((await import(file)) as { openS3: (place: S3Place) => S3Reader }).openS3(place);
}
