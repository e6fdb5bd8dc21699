import { S3Error } from "./errors";
import type { ObjectHead } from "./object-file";
import { element, text } from "./xml";

const MAX_KEYS = 1000;

/**
 * `ListObjectsV2` over the objects of a bucket, sorted by key: the XML of its
 * answer. Pure. A continuation token is the last key of the page before.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(bucket: string, objects: readonly ObjectHead[], query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const token = query.get("continuation-token");
  const after = token === null ? (query.get("start-after") ?? "") : decodeToken(token);
  const limit = Math.min(MAX_KEYS, wholeNumber(query.get("max-keys") ?? String(MAX_KEYS)));
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : (value: string) => value;

  const contents: ObjectHead[] = [];
  const prefixes: string[] = [];
  let last = "";
  let truncated = false;
  for (const object of objects) {
    const { key } = object;
    const folder = commonPrefix(key, prefix, delimiter);
    // A folder that was listed stands for every key in it.
    if (!follows(key, after) || (folder !== undefined && (folder === prefixes.at(-1) || after.startsWith(folder)))) continue;
    if (contents.length + prefixes.length >= limit) {
      truncated = true;
      break;
    }
    if (folder === undefined) contents.push(object);
    else prefixes.push(folder);
    last = folder ?? key;
  }

  return element("ListBucketResult", { xmlns: "http://s3.amazonaws.com/doc/2006-03-01/" }, [
    text("Name", bucket),
    text("Prefix", encode(prefix)),
    ...(delimiter === "" ? [] : [text("Delimiter", encode(delimiter))]),
    text("MaxKeys", String(limit)),
    text("KeyCount", String(contents.length + prefixes.length)),
    text("IsTruncated", String(truncated)),
    ...(query.has("encoding-type") ? [text("EncodingType", "url")] : []),
    ...(token === null ? [] : [text("ContinuationToken", token)]),
    ...(truncated ? [text("NextContinuationToken", Buffer.from(last).toString("base64url"))] : []),
    ...contents.map(({ key, bytes, etag, modifiedAtMs }) =>
      element("Contents", {}, [
        text("Key", encode(key)),
        text("LastModified", new Date(modifiedAtMs).toISOString()),
        text("ETag", `"${etag}"`),
        text("Size", String(bytes)),
        text("StorageClass", "STANDARD"),
      ]),
    ),
    ...prefixes.map((folder) => element("CommonPrefixes", {}, [text("Prefix", encode(folder))])),
  ]);
}

const follows = (key: string, after: string): boolean => after === "" || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

function wholeNumber(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new S3Error("InvalidArgument", `max-keys must be a whole number, and is ${JSON.stringify(value)}`);
}

function decodeToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (Buffer.from(key).toString("base64url") !== token) throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
  return key;
}
