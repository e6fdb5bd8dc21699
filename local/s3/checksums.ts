import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./errors";

/** Something that bytes go through and that ends in a digest, base64. */
interface Digest {
  update(chunk: Buffer): void;
  base64(): string;
}

const hashed = (algorithm: string) => (): Digest => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest("base64") };
};

function crc(): Digest {
  let value = 0;
  return {
    update: (chunk) => void (value = crc32(chunk, value)),
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString("base64");
    },
  };
}

/** Header or trailer → how it is computed. crc32c and crc64nvme, which Node cannot compute, are not held against the body. */
const algorithms: { readonly [header: string]: () => Digest } = {
  "content-md5": hashed("md5"),
  "x-amz-checksum-crc32": crc,
  "x-amz-checksum-sha1": hashed("sha1"),
  "x-amz-checksum-sha256": hashed("sha256"),
};

/**
 * Holds a body against the checksums that came with it.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 *
 * @param announced names of the checksums to expect, in headers or in `x-amz-trailer`.
 * @param claimed what was claimed of one of them, asked for at the end: trailers come last.
 */
export function verifying(announced: readonly string[], claimed: (name: string) => string | undefined): { update(chunk: Buffer): void; end(): void } {
  const digests = announced.flatMap((name) => (Object.hasOwn(algorithms, name) ? [{ name, digest: algorithms[name]!() }] : []));
  return {
    update: (chunk) => digests.forEach(({ digest }) => digest.update(chunk)),
    end: () => {
      for (const { name, digest } of digests) {
        const value = claimed(name);
        if (value !== undefined && value !== digest.base64()) throw new S3Error("BadDigest", `The ${name} you specified did not match what was received`);
      }
    },
  };
}

export const checksumNames: readonly string[] = Object.keys(algorithms);
