import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { checksumNames, verifying } from "../s3/checksums";
import { decodeChunked } from "../s3/chunked";
import { noSuchBucket, S3Error } from "../s3/errors";
import { listObjects } from "../s3/list";
import type { S3Location } from "../s3/names";
import { parseRange } from "../s3/range";
import type { ObjectStore } from "../s3/store";
import { document, element, text } from "../s3/xml";

/** The largest object that one PutObject may carry (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html). */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

interface Call extends S3Location {
  readonly query: URLSearchParams;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * The part of S3 that serving needs, REST with XML, path-style: `/<bucket>/<key>`.
 * Bodies are streamed to the disk, so an object may be larger than the memory.
 * Signatures are not checked.
 */
export function s3(app: FastifyInstance, store: ObjectStore): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { bodyLimit: MAX_OBJECT_BYTES }, (_request, payload, done) => done(null, payload));
    for (const url of ["/:bucket", "/:bucket/*"]) {
      scope.route({
        method: ["GET", "HEAD", "PUT", "DELETE", "POST"],
        url,
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          reply.header("x-amz-request-id", randomUUID());
          try {
            return await answer(store, callOf(request, reply));
          } catch (error) {
            if (!(error instanceof S3Error)) throw error;
            return sendError(request, reply, error);
          }
        },
      });
    }
  });
}

function callOf(request: FastifyRequest, reply: FastifyReply): Call {
  // By hand: `URL` would take `..` as a way up, and here it is part of a key, to be refused.
  const [, bucket = "", key = "", query = ""] = /^\/([^/?]*)\/?([^?]*)\??(.*)$/s.exec(request.raw.url ?? "/") ?? [];
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(query), request, reply };
  } catch {
    throw new S3Error("InvalidURI", `Couldn't parse the specified URI: ${request.url}`);
  }
}

function answer(store: ObjectStore, call: Call): FastifyReply | Promise<FastifyReply> {
  const { query, request, key } = call;
  const unknown = subresources.find((name) => query.has(name));
  if (unknown !== undefined) throw notImplemented(`?${unknown}`);
  switch (`${request.method} ${key === "" ? "bucket" : "object"}`) {
    case "PUT bucket":
      return createBucket(store, call);
    case "HEAD bucket":
      return headBucket(store, call);
    case "DELETE bucket":
      return store.deleteBucket(call.bucket).then(() => call.reply.code(204).send());
    case "GET bucket":
      return sendXml(call.reply, listObjects(call.bucket, store.list(call.bucket, query.get("prefix") ?? ""), query));
    case "PUT object":
      return putObject(store, call);
    case "GET object":
    case "HEAD object":
      return getObject(store, call);
    case "DELETE object":
      return store.delete(call).then(() => call.reply.code(204).send());
    default:
      throw notImplemented(`${request.method} ${request.url}`);
  }
}

/** Of the many things that S3 can be asked of a bucket or an object beyond its content. */
const subresources = ["acl", "cors", "delete", "encryption", "lifecycle", "policy", "tagging", "uploadId", "uploads", "versioning", "versions"] as const;

async function createBucket(store: ObjectStore, { bucket, reply }: Call): Promise<FastifyReply> {
  await store.createBucket(bucket);
  return reply.header("location", `/${bucket}`).send();
}

function headBucket(store: ObjectStore, { bucket, reply }: Call): FastifyReply {
  if (!store.has(bucket)) throw noSuchBucket(bucket);
  return reply.send();
}

async function putObject(store: ObjectStore, { bucket, key, request, reply }: Call): Promise<FastifyReply> {
  const { headers } = request;
  if (headers["x-amz-copy-source"] !== undefined) throw notImplemented("CopyObject");
  const raw = (request.body as IncomingMessage | undefined) ?? request.raw;
  const trailers = new Map<string, string>();
  const chunked = /^STREAMING-/.test(String(headers["x-amz-content-sha256"] ?? "")) || /aws-chunked/.test(headers["content-encoding"] ?? "");
  const announced = [...checksumNames.filter((name) => headers[name] !== undefined), ...listed(headers["x-amz-trailer"])];
  const head = await store.put({ bucket, key }, chunked ? decodeChunked(raw, trailers) : whole(raw), {
    contentType: headers["content-type"],
    metadata: metadataOf(request),
    verify: verifying(announced, (name) => trailers.get(name) ?? (headers[name] as string | undefined)),
  });
  return reply.header("etag", `"${head.etag}"`).send();
}

/** A body whose connection broke is shorter than it said: it must not become an object. */
async function* whole(raw: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of raw) {
    bytes += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  const said = Number(raw.headers["content-length"] ?? bytes);
  if (bytes !== said || !raw.complete) throw new S3Error("IncompleteBody", `You did not provide the number of bytes specified by the Content-Length HTTP header: ${bytes} of ${said}`);
}

function getObject(store: ObjectStore, { bucket, key, request, reply }: Call): FastifyReply {
  const { head, read } = store.get({ bucket, key });
  const range = parseRange(request.headers.range, head.bytes);
  const bytes = range === undefined ? head.bytes : range.last - range.first + 1;
  reply.headers({
    "accept-ranges": "bytes",
    "content-type": head.contentType,
    "content-length": String(bytes),
    "last-modified": new Date(head.modifiedAtMs).toUTCString(),
    etag: `"${head.etag}"`,
    // A bucket holds what anybody sent: a browser must neither guess at it nor run it.
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
    ...Object.fromEntries(Object.entries(head.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  });
  if (range !== undefined) reply.code(206).header("content-range", `bytes ${range.first}-${range.last}/${head.bytes}`);
  return request.method === "HEAD" ? reply.send() : reply.send(read(range?.first, range?.last));
}

function metadataOf({ headers }: FastifyRequest): { [name: string]: string } {
  const prefix = "x-amz-meta-";
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), String(value)]));
}

const listed = (header: string | string[] | undefined): string[] => [header ?? []].flat().flatMap((value) => value.split(",").map((name) => name.trim().toLowerCase()));
const notImplemented = (what: string): S3Error => new S3Error("NotImplemented", `${what} is not part of the S3 that runs on this machine`);
const sendXml = (reply: FastifyReply, xml: string): FastifyReply => reply.type("application/xml").send(Buffer.from(document(xml)));

function sendError(request: FastifyRequest, reply: FastifyReply, error: S3Error): FastifyReply {
  reply.code(error.httpStatus);
  if (request.method === "HEAD") return reply.send();
  return sendXml(reply, element("Error", {}, [text("Code", error.code), text("Message", error.message), text("Resource", request.url), text("RequestId", String(reply.getHeader("x-amz-request-id")))]));
}
