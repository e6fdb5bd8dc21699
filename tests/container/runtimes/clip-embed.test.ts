import assert from "node:assert/strict";
import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../contract/json";
import { invoke, root, type Running } from "../support/container";
import { contractOf, cosine, sample, send, startDemo } from "../support/demo";

/** Written by PyTorch, on the weights before they were packed (training/clip-demo/publish.py). */
const torch = JSON.parse(readFileSync(join(root, "tests/demo/torch-vectors.json"), "utf8")) as {
  readonly images: { readonly [file: string]: readonly number[] };
  readonly texts: { readonly [text: string]: { readonly embedding: readonly number[] } };
};
const lengthOf = (vector: readonly number[]): number => Math.hypot(...vector);
const embedding = (body: { readonly [field: string]: Json }): number[] => body.embedding as number[];

describe("the served clip-embed", () => {
  const contract = contractOf("omnisearch-clip");
  const satisfies = new Ajv().compile(contract.response as object);
  let served: Running;

  before(async () => {
    served = await startDemo("omnisearch-clip");
  });
  after(async () => {
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  const embed = async (request: { readonly [field: string]: Json }): Promise<number[]> => {
    const reply = await invoke(served, request);
    assert.equal(reply.status, 200, reply.text);
    assert.ok(satisfies(reply.body), JSON.stringify(satisfies.errors));
    return embedding(reply.body);
  };

  it("embeds texts as PyTorch does, at unit length", async () => {
    for (const [text, { embedding: expected }] of Object.entries(torch.texts)) {
      const vector = await embed({ data: text });
      assert.ok(cosine(vector, expected) >= 0.9995, `${text}: ${cosine(vector, expected)}`);
      assert.ok(Math.abs(lengthOf(vector) - 1) < 1e-5);
    }
  });

  it("embeds images as PyTorch does, in base64, as a data URL, as they are and in a form", async () => {
    for (const [file, expected] of Object.entries(torch.images)) {
      const bytes = sample(file);
      const type = file.endsWith("png") ? "image/png" : "image/jpeg";
      const base64 = bytes.toString("base64");
      const form = new FormData();
      form.set("file", new Blob([bytes], { type }), file);
      const vectors = [
        await embed({ type: "image", data: base64 }),
        await embed({ type: "image", data: `data:${type};base64,${base64}` }),
        await embed({ type: "image", data: base64.replace(/.{76}/g, "$&\r\n") }),
        embedding((await send(served, bytes, type)).body),
        embedding((await send(served, bytes, "application/x-image")).body),
        embedding((await send(served, form)).body),
      ];
      assert.ok(cosine(vectors[0]!, expected) >= 0.9995, `${file}: ${cosine(vectors[0]!, expected)}`);
      for (const vector of vectors) assert.deepEqual(vector, vectors[0]);
    }
  });

  it("gives what the network gives where normalize is false", async () => {
    const [text, { embedding: expected }] = Object.entries(torch.texts)[0]!;
    const vector = await embed({ data: text, normalize: false });
    assert.ok(Math.abs(lengthOf(vector) / lengthOf(expected) - 1) < 0.02);
    assert.ok(cosine(vector, await embed({ data: text })) > 1 - 1e-6);
  });

  it("trims a text, refuses a blank one, and cuts a long one at 77 tokens", async () => {
    assert.deepEqual(await embed({ data: "  red shirt\n" }), await embed({ data: "red shirt" }));
    for (const data of ["", " ", "\n\t"]) {
      const { status, body } = await invoke(served, { data });
      assert.deepEqual([status, body.error!.code, body.error!.path], [400, "validation-failed", "/data"]);
    }
    const long = "red shirt ".repeat(40);
    assert.deepEqual(await embed({ data: long }), await embed({ data: `${long} green dress` }));
    assert.equal((await embed({ data: "x ".repeat(500_000) })).length, 512);
  });

  it("answers several at once, each as it would be alone, in their order", async () => {
    const image = sample("red-striped-shirt.jpg").toString("base64");
    const requests: { readonly [field: string]: Json }[] = [{ data: "red striped shirt" }, { type: "image", data: image }, { data: "a pair of blue plain pants that is long" }, { data: "hat", normalize: false }];
    const { body } = await invoke(served, { instances: requests });
    const predictions = body.predictions as unknown as { embedding: number[] }[];
    for (const [place, request] of requests.entries()) {
      const alone = await embed(request);
      assert.ok(cosine(predictions[place]!.embedding, alone) > 1 - 1e-6);
      assert.ok(Math.abs(lengthOf(predictions[place]!.embedding) - lengthOf(alone)) < 1e-3);
    }
  });

  it("says which of several is wrong", async () => {
    const faulty = await invoke(served, { instances: [{ data: "a" }, { type: "image", data: "AAAA" }] });
    assert.deepEqual([faulty.status, faulty.body.error!.code, faulty.body.error!.path], [415, "image-unsupported", "/instances/1/data"]);
    const odd = await invoke(served, { instances: [{ data: "a" }, { data: 3 }] });
    assert.deepEqual([odd.status, odd.body.error!.path], [400, "/instances/1/data"]);
    for (const instances of [[], Array<Json>(257).fill({ data: "a" })]) assert.equal((await invoke(served, { instances })).body.error!.path, "/instances");
  });

  it("answers as a NumPy file where that is accepted", async () => {
    const request = JSON.stringify({ instances: [{ data: "red" }, { data: "blue" }] });
    const { type, bytes } = await send(served, request, "application/json", { accept: "application/x-npy, application/json;q=0.5" });
    assert.equal(type, "application/x-npy");
    assert.equal(bytes.toString("latin1", 0, 6), "\x93NUMPY");
    const head = 10 + bytes.readUInt16LE(8);
    assert.equal(head % 64, 0);
    assert.match(bytes.toString("latin1", 10, head), /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 512\), \} *\n$/);
    const rows = new Float32Array(Uint8Array.from(bytes.subarray(head)).buffer);
    const { body } = await invoke(served, JSON.parse(request));
    const expected = (body.predictions as unknown as { embedding: number[] }[]).flatMap((prediction) => prediction.embedding.map(Math.fround));
    assert.deepEqual([...rows], expected);
    assert.equal((await send(served, request, "application/json", { accept: "text/csv" })).status, 406);
  });

  it("writes embeddings as base64 where that is accepted, the same to the last bit", async () => {
    const request = { instances: [{ data: "red" }, { type: "image", data: sample("red-striped-shirt.jpg").toString("base64") }] };
    const { status, headers, body } = await invoke(served, request, { accept: "application/vnd.slipway.base64+json" });
    assert.deepEqual([status, headers.get("content-type")], [200, "application/vnd.slipway.base64+json; charset=utf-8"]);
    const written = body.predictions as unknown as { embedding: string; dimension: number }[];
    const whole = (await invoke(served, request)).body.predictions as unknown as { embedding: number[] }[];
    for (const [place, { embedding: text, dimension }] of written.entries()) {
      assert.equal(dimension, 512);
      assert.deepEqual([...new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer)], whole[place]!.embedding.map(Math.fround));
    }
    assert.equal(((await invoke(served, { data: "red" }, { accept: "application/vnd.slipway.base64+json" })).body as { embedding: string }).embedding, written[0]!.embedding);
  });

  it("answers callers who came together as it would each alone, and refuses one alone", async () => {
    const image = sample("red-striped-shirt.jpg");
    const [alone, text] = [await embed({ type: "image", data: image.toString("base64") }), await embed({ data: "red striped shirt" })];
    const before = served.log.length;
    const calls = Array.from({ length: 24 }, (_, n) => (n % 6 === 5 ? send(served, image.subarray(0, 200), "image/jpeg") : n % 2 === 0 ? send(served, image, "image/jpeg") : send(served, JSON.stringify({ data: "red striped shirt" }), "application/json")));
    for (const [n, { status, body }] of (await Promise.all(calls)).entries()) {
      if (n % 6 === 5) assert.deepEqual([status, body.error!.code], [400, "image-unreadable"]);
      else assert.ok(cosine(embedding(body), n % 2 === 0 ? alone : text) > 1 - 1e-6, `call ${n}`);
    }
    const sizes = served.log.slice(before).map(({ batchSize }) => batchSize as number | undefined);
    assert.ok(sizes.some((size) => size !== undefined && size > 1 && size <= 8), `some were computed together: ${sizes.join(", ")}`);
  });

  it("refuses what is no base64, with the field", async () => {
    for (const data of ["%%%%", "not base64!", "data:image/png;base64,"]) {
      const { status, body } = await invoke(served, { type: "image", data });
      assert.deepEqual([status, body.error!.code, body.error!.path], [400, "validation-failed", "/data"]);
    }
  });

  it("reads an image from S3, and says what it could not read", async () => {
    const { createServer } = await import("node:http");
    const bytes = sample("red-striped-shirt.jpg");
    const asked: string[] = [];
    const s3 = createServer((request, response) => {
      asked.push(request.url!);
      if (request.url!.startsWith("/example-photos/in/shirt.jpg")) response.writeHead(200, { "content-length": bytes.length }).end(bytes);
      else response.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>");
    });
    await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
    const { port } = s3.address() as { port: number };
    const reader = await startDemo("omnisearch-clip", { environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "eu-west-3" } });
    try {
      const { body } = await invoke(reader, { type: "image", data: "s3://example-photos/in/shirt.jpg" });
      assert.deepEqual(embedding(body), await embed({ type: "image", data: bytes.toString("base64") }), JSON.stringify(body).slice(0, 300));
      const missing = await invoke(reader, { type: "image", data: "s3://example-photos/none.jpg" });
      assert.deepEqual([missing.status, missing.body.error!.code, missing.body.error!.path], [424, "object-unavailable", "/data"]);
      assert.match(missing.body.error!.message, /s3:\/\/example-photos\/none\.jpg.*NoSuchKey/);
      assert.ok(asked.length >= 2);
    } finally {
      reader.child.kill("SIGTERM");
      s3.close();
      s3.closeAllConnections();
    }
  });
});
