import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { LOCAL_CREDENTIALS, type EndpointSettings } from "./endpoint";

/** Objects of S3 by their address, `s3://bucket/key`. The SDK is loaded at the first call. */
export class Objects {
  #loaded: Promise<{ client: S3Client; sdk: typeof import("@aws-sdk/client-s3") }> | undefined;

  constructor(private readonly settings: EndpointSettings) {}

  async put(uri: string, body: Uint8Array, contentType: string, signal: AbortSignal): Promise<void> {
    const { client, sdk } = await (this.#loaded ??= this.#load());
    await client.send(new sdk.PutObjectCommand({ ...placeOf(uri), Body: body, ContentType: contentType }), { abortSignal: signal });
  }

  /** Undefined while there is no such object. Without `s3:ListBucket` S3 says "access denied" instead, and so does this. */
  async get(uri: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { client, sdk } = await (this.#loaded ??= this.#load());
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(placeOf(uri)), { abortSignal: signal });
      return await Body!.transformToByteArray();
    } catch (error) {
      if (error instanceof sdk.NoSuchKey) return undefined;
      throw error;
    }
  }

  async #load() {
    const sdk = await import("@aws-sdk/client-s3");
    const { region, url, aws } = this.settings;
    const client = new sdk.S3Client({
      region,
      ...(url === undefined ? {} : { endpoint: url, credentials: LOCAL_CREDENTIALS, forcePathStyle: true }),
      // Settings for one service's client that every other one takes too: credentials, proxies, TLS.
      ...(aws as S3ClientConfig | undefined),
      maxAttempts: 1,
    });
    return { client, sdk };
  }
}

function placeOf(uri: string): { Bucket: string; Key: string } {
  const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  return { Bucket, Key };
}
