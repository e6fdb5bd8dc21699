import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

export interface S3Reader {
  /** @throws RangeError if the object is larger; the SDK's error for anything else. */
  read(bucket: string, key: string, maxBytes: number): Promise<Uint8Array>;
}

/** Two tries and ten seconds: a request that waits longer is answered by its deadline anyway. */
const ATTEMPTS = 2;
const TIMEOUT_MS = 10_000;

export interface S3Place {
  readonly region: string;
  /** Another S3 than AWS's, addressed by path: buckets are no names of hosts there. */
  readonly endpoint?: string;
}

/** An entry of the bundle of its own (container/build.mjs), loaded by `s3.ts`. */
export function openS3({ region, endpoint }: S3Place): S3Reader {
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    followRegionRedirects: true,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 3000, requestTimeout: TIMEOUT_MS },
  });
  return {
    async read(bucket, key, maxBytes) {
      const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      const stream = Body as AsyncIterable<Uint8Array> & { destroy(): void };
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      if (ContentLength <= maxBytes) for await (const piece of stream) if ((bytes += piece.byteLength) <= maxBytes) pieces.push(piece); else break;
      stream.destroy();
      if (ContentLength > maxBytes || bytes > maxBytes) throw new RangeError("too large");
      return Buffer.concat(pieces);
    },
  };
}
