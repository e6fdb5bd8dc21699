import type { S3Location } from "../s3/names";
import type { ObjectStore } from "../s3/store";
import { TransformFailure } from "./records";

/** An object of the input, and where it lies below the prefix that was asked for. */
export interface InputObject {
  readonly location: S3Location;
  readonly relative: string;
}

export function parseS3Uri(uri: string): S3Location {
  const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  if (bucket === undefined) throw new TransformFailure(`ClientError: ${uri} is not an address in S3`);
  return { bucket, key };
}

/**
 * The objects of a job's input, in the order of their keys.
 *
 * A manifest is a list: `[{ "prefix": "s3://bucket/a/" }, "one.jsonl", "two.jsonl"]`
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformS3DataSource.html).
 */
export async function objectsOf(store: ObjectStore, { S3DataType, S3Uri }: { readonly S3DataType: string; readonly S3Uri: string }): Promise<InputObject[]> {
  const at = parseS3Uri(S3Uri);
  if (S3DataType !== "ManifestFile") {
    const folder = at.key.slice(0, at.key.lastIndexOf("/") + 1);
    // An empty object that ends in a slash is a folder that a console made.
    const found = store.list(at.bucket, at.key).filter(({ key }) => !key.endsWith("/"));
    return found.map(({ key }) => ({ location: { bucket: at.bucket, key }, relative: key.slice(folder.length) }));
  }
  const [first, ...names] = manifest((await store.bytes(at)).body.toString("utf8"), S3Uri);
  const { bucket, key: prefix } = parseS3Uri((first as { readonly prefix: string }).prefix);
  return (names as string[]).map((name) => ({ location: { bucket, key: prefix + name }, relative: name }));
}

/** `<path>/<relative>.out`. */
export function outputOf(path: string, relative: string): S3Location {
  const { bucket, key } = parseS3Uri(path);
  const folder = key === "" || key.endsWith("/") ? key : `${key}/`;
  return { bucket, key: `${folder}${relative}.out` };
}

function manifest(text: string, uri: string): unknown[] {
  const problem = new TransformFailure(`ClientError: ${uri} is not a manifest: [{ "prefix": "s3://…/" }, "name", …]`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem;
  }
  if (!Array.isArray(value)) throw problem;
  const [first, ...names] = value as unknown[];
  const prefix = (first as { readonly prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== "string" || names.some((name) => typeof name !== "string")) throw problem;
  return value as unknown[];
}
