import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import { Machine } from "../fixtures/machine";

const Bucket = "example-data";

describe("local S3, through the AWS SDK", function () {
  this.timeout(30_000);
  let machine: Machine;
  let s3: S3Client;
  const client = (changes: object = {}) =>
    new S3Client({ endpoint: machine.sagemaker.url, region: "eu-west-3", credentials: { accessKeyId: "local", secretAccessKey: "local" }, forcePathStyle: true, maxAttempts: 1, ...changes });

  before(async () => {
    machine = await Machine.start();
    s3 = client();
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  after(async () => {
    s3?.destroy();
    await machine?.close();
  });

  const put = (Key: string, Body: Buffer | string = "x", more: object = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const text = async (Key: string, more: object = {}) => (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString();
  const rejects = (promise: Promise<unknown>, name: string, status: number) =>
    assert.rejects(promise, (error: unknown) => {
      assert.ok(error instanceof S3ServiceException, String(error));
      assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status]);
      return true;
    });

  it("keeps bytes, type and metadata of an object", async () => {
    const body = randomBytes(300_000);
    const { ETag } = await put("a/b c/ü+&%.bin", body, { ContentType: "image/png", Metadata: { source: "phone" } });
    assert.equal(ETag, `"${createHash("md5").update(body).digest("hex")}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b c/ü+&%.bin" }));
    assert.deepEqual([got.ContentType, got.ContentLength, got.Metadata, got.ETag], ["image/png", 300_000, { source: "phone" }, ETag]);
    assert.ok(Buffer.from(await got.Body!.transformToByteArray()).equals(body));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b c/ü+&%.bin" }));
    assert.deepEqual([head.ContentType, head.ContentLength, head.Metadata, head.ETag], ["image/png", 300_000, { source: "phone" }, ETag]);
  });

  it("takes a stream, whose checksum comes as a trailer", async () => {
    const body = randomBytes(200_001);
    await s3.send(new PutObjectCommand({ Bucket, Key: "streamed", Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "streamed" }));
    assert.ok(Buffer.from(await got.Body!.transformToByteArray()).equals(body));
  });

  it("answers ranges", async () => {
    await put("digits", "0123456789");
    for (const [Range, expected, place] of [["bytes=2-4", "234", "bytes 2-4/10"], ["bytes=7-", "789", "bytes 7-9/10"], ["bytes=-3", "789", "bytes 7-9/10"], ["bytes=8-99", "89", "bytes 8-9/10"]] as const) {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
      assert.deepEqual([await got.Body!.transformToString(), got.ContentRange, got.$metadata.httpStatusCode], [expected, place, 206]);
    }
    assert.equal(await text("digits", { Range: "bytes=4-2" }), "0123456789");
    await rejects(text("digits", { Range: "bytes=10-" }), "InvalidRange", 416);
  });

  it("lists by prefix, folder and page, in the order of the bytes", async () => {
    const keys = ["l/a", "l/b/1", "l/b/2", "l/c<&>", "l/z", "l/é"];
    for (const Key of [...keys].reverse()) await put(Key);
    const listed: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix: "l/" })) listed.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    assert.deepEqual(listed, keys);
    const folders: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Prefix: "l/", Delimiter: "/" })) {
      folders.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    }
    assert.deepEqual(folders, ["l/a", "l/b/", "l/c<&>", "l/z", "l/é"]);
    const { KeyCount, Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "nothing/" }));
    assert.deepEqual([KeyCount, Contents], [0, undefined]);
  });

  it("deletes, and does not mind what is gone", async () => {
    await put("short-lived");
    for (let times = 0; times < 2; times += 1) await s3.send(new DeleteObjectCommand({ Bucket, Key: "short-lived" }));
    await rejects(text("short-lived"), "NoSuchKey", 404);
    await rejects(s3.send(new HeadObjectCommand({ Bucket, Key: "short-lived" })), "NotFound", 404);
  });

  it("answers for buckets as the service does", async () => {
    await s3.send(new HeadBucketCommand({ Bucket }));
    await rejects(s3.send(new HeadBucketCommand({ Bucket: "absent" })), "NotFound", 404);
    await rejects(s3.send(new PutObjectCommand({ Bucket: "absent", Key: "x", Body: "x" })), "NoSuchBucket", 404);
    await rejects(s3.send(new CreateBucketCommand({ Bucket })), "BucketAlreadyOwnedByYou", 409);
    for (const illegal of ["Up", "a..b", "127.0.0.1", "slipway"]) await rejects(s3.send(new CreateBucketCommand({ Bucket: illegal })), "InvalidBucketName", 400);
    await s3.send(new CreateBucketCommand({ Bucket: "full" }));
    await s3.send(new PutObjectCommand({ Bucket: "full", Key: "x", Body: "x" }));
    await rejects(s3.send(new DeleteBucketCommand({ Bucket: "full" })), "BucketNotEmpty", 409);
    await s3.send(new DeleteObjectCommand({ Bucket: "full", Key: "x" }));
    await s3.send(new DeleteBucketCommand({ Bucket: "full" }));
    await rejects(s3.send(new HeadBucketCommand({ Bucket: "full" })), "NotFound", 404);
  });

  it("refuses keys that lead somewhere else", async () => {
    for (const Key of ["../escape", "a/../../b", "a/./b", "..\\up", "x".repeat(1025)]) {
      await rejects(put(Key), Key.length > 1000 ? "KeyTooLongError" : "InvalidArgument", 400);
    }
    // As bytes on the wire, which no client would send.
    for (const path of [`/${Bucket}/%2e%2e/x`, `/${Bucket}/..%2fx`, `/${Bucket}/%00`, `/${Bucket}/%zz`]) assert.equal(await rawStatus(machine.sagemaker.port, "PUT", path, "x"), 400, path);
  });

  it("keeps the object before when a write is broken off, or arrives changed", async () => {
    await put("kept", "before");
    await new Promise<void>((resolve) => {
      const half = request({ port: machine.sagemaker.port, host: "127.0.0.1", method: "PUT", path: `/${Bucket}/kept`, headers: { "content-length": "1000000" } });
      half.on("error", () => resolve());
      half.write("half", () => setTimeout(() => half.destroy(new Error("gone")), 50));
    });
    assert.equal(await rawStatus(machine.sagemaker.port, "PUT", `/${Bucket}/kept`, "changed", { "x-amz-checksum-crc32": "AAAAAA==" }), 400);
    assert.equal(await rawStatus(machine.sagemaker.port, "PUT", `/${Bucket}/kept`, "5\r\nhal", { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }), 400);
    assert.equal(await text("kept"), "before");
  });

  it("says plainly what it does not have", async () => {
    assert.equal(await rawStatus(machine.sagemaker.port, "POST", `/${Bucket}/x?uploads`, ""), 501);
    assert.equal(await rawStatus(machine.sagemaker.port, "GET", `/${Bucket}?versioning`), 501);
  });

  it("takes virtual-host style calls", async () => {
    const headers = { host: `${Bucket}.localhost:${machine.sagemaker.port}` };
    assert.equal(await rawStatus(machine.sagemaker.port, "PUT", "/by-host", "x", headers), 200);
    assert.equal(await text("by-host"), "x");
    assert.equal(await rawStatus(machine.sagemaker.port, "PUT", "/by-host", "x", { host: `${Bucket}.example.com` }), 403);
  });
});

function rawStatus(port: number, method: string, path: string, body?: string, headers: { [name: string]: string } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: "127.0.0.1", method, path, headers: { ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }), ...headers } }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    call.on("error", reject).end(body);
  });
}
