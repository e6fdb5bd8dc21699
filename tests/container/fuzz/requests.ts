import fc from "fast-check";
import type { Json } from "../../../contract/json";
import { formBody, hostileValue, mutatedBytes, mutatedJson } from "./bodies";

/** Bytes to put on a connection that is then read until it is answered or closed. */
export interface FuzzRequest {
  /** What kind of request it is, for the counts. */
  readonly family: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** The connection is dropped after this share of the bytes. */
  readonly leavesAt?: number;
}

/** What a fuzzed server takes, and some good requests to begin from. */
export interface FuzzTarget {
  readonly examples: readonly { readonly [field: string]: Json }[];
  readonly pictures: readonly { readonly type: string; readonly bytes: Buffer }[];
  /** Routes that take a body, JSON or a file. */
  readonly posts: readonly string[];
  /** Routes that answer a GET. */
  readonly gets: readonly string[];
  /** Whether files are taken. */
  readonly files: boolean;
}

const json = [["content-type", "application/json"]] as const;
const types = ["application/json", "application/json; charset=utf-8", "application/json;charset=utf-16", "text/plain", "image/png", "image/*", "multipart/form-data", 'multipart/form-data; boundary=""', `multipart/form-data; boundary=${"b".repeat(300)}`, "multipart/form-data; boundary=fuzz", "application/x-npy", "application/jsonlines", "/", ";;;", "a/b;charset", ""];
const header: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(fc.constant("content-type"), fc.constantFrom(...types)),
  fc.tuple(fc.constant("accept"), fc.constantFrom("*/*", "application/json", "application/x-npy", "application/jsonlines", "text/html", "image/*;q=0", "application/json;q=2", ",,,", "a".repeat(4000))),
  fc.tuple(fc.constantFrom("content-encoding", "transfer-encoding", "expect", "upgrade", "connection", "te"), fc.constantFrom("gzip", "identity", "chunked", "100-continue", "websocket", "close", "keep-alive", "x")),
  fc.tuple(fc.constant("content-length"), fc.constantFrom("0", "1", "-1", "1e3", "99999999999999999999", "7000000", "0x10")),
  fc.tuple(fc.constantFrom("x-request-id", "x-amzn-sagemaker-inference-id", "x-amzn-sagemaker-custom-attributes", "x-amzn-sagemaker-target-model", "authorization", "host", "cookie"), fc.constantFrom("", "a", "../..", "Bearer x", "\u00e9", "a".repeat(3000), "{}")),
);
const nothingAtAll = { type: "application/octet-stream", bytes: Buffer.alloc(0) };
const pathEdit = fc.constantFrom("", "?", "?a=b&a=c", "?limit=9&next_page_token=%00", "/", "//", "/..", "/%2e%2e/x", "%", "%00", "%ff", "\u00e9", "#x", "/".repeat(200), "?".repeat(300), "/*", "/invocations");

/** Requests of every kind, good and bad, the same for the same seed. */
export function requests({ examples, pictures, posts, gets, files }: FuzzTarget): fc.Arbitrary<FuzzRequest> {
  const post = fc.constantFrom(...posts);
  const good = fc.constantFrom(...examples).map((example) => Buffer.from(JSON.stringify(example)));
  const picture = fc.constantFrom(...(files ? pictures : [nothingAtAll]));
  const asFile = picture.chain(({ type, bytes }) => fc.record({ type: fc.constant(type), bytes: fc.oneof(fc.constant(bytes), mutatedBytes(fc.constant(bytes))) }));
  const part = fc.constantFrom("image", "file", "data", "other", "", '"', "\u00e9");
  const fields = fc.array(fc.tuple(fc.constantFrom("age", "type", "top_k", "n_recommendations", "min_score", "normalize", "__proto__", "x", ""), hostileValue.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))), { maxLength: 3 });
  const form = fc.tuple(asFile, part, fields).map(([file, name, more]) => formBody("fuzz", name, file, more));
  const formType = [["content-type", "multipart/form-data; boundary=fuzz"]] as const;

  const made = <const Family extends string>(family: Family, method: fc.Arbitrary<string>, path: fc.Arbitrary<string>, headers: fc.Arbitrary<readonly (readonly [string, string])[]>, body: fc.Arbitrary<Buffer>): fc.Arbitrary<FuzzRequest> =>
    fc.record({ family: fc.constant(family), method, path, headers, body });
  const POST = fc.constant("POST");
  const nothing = fc.constant(Buffer.alloc(0));

  return fc.oneof(
    { weight: 3, arbitrary: made("good", POST, post, fc.constant(json), good) },
    { weight: 2, arbitrary: made("get", fc.constant("GET"), fc.constantFrom(...gets), fc.array(header, { maxLength: 1 }), nothing) },
    { weight: 8, arbitrary: made("json", POST, post, fc.constant(json), mutatedJson(examples).map((text) => Buffer.from(text))) },
    { weight: 6, arbitrary: made("json bytes", POST, post, fc.constant(json), mutatedBytes(good)) },
    { weight: 2, arbitrary: made("headers", POST, post, fc.array(header, { minLength: 1, maxLength: 4 }), fc.oneof(good, asFile.map(({ bytes }) => bytes))) },
    { weight: 2, arbitrary: made("address", fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"), fc.tuple(fc.constantFrom(...posts, ...gets, "/", "/models", "/models/x", "/models/x/invoke", "*"), pathEdit).map(([path, edit]) => path + edit), fc.constant(json), fc.oneof(nothing, good)) },
    { weight: 1, arbitrary: fc.tuple(made("leaves", POST, post, fc.constant(json), good), fc.double({ min: 0, max: 1, noNaN: true })).map(([request, leavesAt]) => ({ ...request, leavesAt })) },
    ...(files
      ? [
          { weight: 4, arbitrary: fc.tuple(post, asFile).map(([path, { type, bytes }]) => ({ family: "file", method: "POST", path, headers: [["content-type", type]] as const, body: bytes })) },
          { weight: 3, arbitrary: made("form", POST, post, fc.constant(formType), form) },
          { weight: 2, arbitrary: made("form bytes", POST, post, fc.constant(formType), mutatedBytes(form)) },
          { weight: 3, arbitrary: fc.tuple(post, asFile, fc.constantFrom("image", "data"), fc.constantFrom("base64", "base64url", "data:", "noise")).map(([path, { type, bytes }, field, kind]) => {
            const text = kind === "noise" ? bytes.toString("latin1") : kind === "data:" ? `data:${type};base64,${bytes.toString("base64")}` : bytes.toString(kind);
            return { family: "base64", method: "POST", path, headers: json, body: Buffer.from(JSON.stringify(field === "data" ? { type: "image", data: text } : { image: text })) };
          }) },
        ]
      : []),
  );
}

/** The request on the wire. A body has its length, unless a header says something of it. */
export function wireBytes({ method, path, headers, body }: FuzzRequest): Buffer {
  const says = headers.some(([name]) => name === "content-length" || name === "transfer-encoding");
  const lines = [`${method} ${path} HTTP/1.1`, "host: model", ...headers.map(([name, value]) => `${name}: ${value}`), ...(says ? [] : [`content-length: ${body.length}`])];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "utf8"), body]);
}
