import assert from "node:assert/strict";
import type { Json } from "../../../contract/json";
import type { Running } from "../support/container";
import { sample, send, startDemo } from "../support/demo";

describe("the routes of apps", () => {
  let app: Running;

  before(async () => {
    app = await startDemo("omnisearch-clip", { environment: { SLIPWAY_ROUTES: "app" } });
  });
  after(async () => {
    app.child.kill("SIGTERM");
    assert.equal(await app.exited, 0);
  });

  const post = async (path: string, value: Json): ReturnType<typeof send> => send(app, JSON.stringify(value), "application/json", {}, path);
  const embedding = async (text: string): Promise<Json> => (await send(app, JSON.stringify({ data: text }), "application/json")).body.embedding!;

  it("embed texts, one and several, as /invocations does", async () => {
    const red = await embedding("red shirt");
    assert.deepEqual((await post("/embed/text", { text: "red shirt" })).body, { embedding: red, dimension: 512, service: "local" });
    const { body } = await post("/embed/batch/text", { texts: ["red shirt", "blue hat"], normalize: true });
    assert.deepEqual([body.count, body.dimension, body.service], [2, 512, "local"]);
    assert.equal((body.embeddings as Json[]).length, 2);
    for (const [path, value, at] of [["/embed/text", { text: " " }, "/text"], ["/embed/text", [], "/text"], ["/embed/batch/text", { texts: [] }, "/texts"], ["/embed/batch/text", { texts: ["a", 3] }, "/texts/1"], ["/embed/text", { text: "a", normalize: 1 }, "/normalize"]] as const) {
      const refused = await post(path, value);
      assert.deepEqual([refused.status, refused.body.error!.code, refused.body.error!.path], [400, "validation-failed", at]);
    }
  });

  it("embed an image that comes as the file of a form", async () => {
    const form = new FormData();
    form.set("file", new Blob([sample("red-striped-shirt.jpg")]), "shirt.jpg");
    const { status, body } = await send(app, form, undefined, {}, "/embed/image");
    assert.deepEqual([status, body.dimension, body.service], [200, 512, "local"]);
  });

  it("read no file where they have a body of their own", async () => {
    for (const path of ["/embed/text", "/embed/batch/text"]) {
      const { status, body } = await send(app, sample("red-striped-shirt.jpg"), "image/jpeg", {}, path);
      assert.deepEqual([status, body.error?.code], [415, "unsupported-media-type"]);
    }
  });

  it("say how the server is, to a balancer, to Prometheus and as JSON", async () => {
    const health = (await (await fetch(`${app.url}/health`)).json()) as Record<string, Json>;
    assert.deepEqual(health, { status: "healthy", service_type: "local", device: "cpu", endpoint_status: null, model: "omnisearch-clip", version: "v4" });

    await fetch(`${app.url}/made-up-by-a-caller-${"x".repeat(50)}`);
    const json = async (): Promise<Record<string, number>> => (await (await fetch(`${app.url}/metrics`, { headers: { accept: "application/json" } })).json()) as Record<string, number>;
    const before = await json();
    await post("/embed/text", { text: "one more" });
    const after = await json();
    assert.equal(after.total_invocations! - before.total_invocations!, 1);
    assert.ok(after.avg_latency_ms! > 0);

    const response = await fetch(`${app.url}/metrics`);
    assert.match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    assert.match(text, /^slipway_http_requests_total\{model="omnisearch-clip",version="v4",route="\/embed\/text",status="200"\} [1-9]/m);
    assert.doesNotMatch(text, /made-up/);
    assert.match(text, /^slipway_requests_waiting\{model="omnisearch-clip",version="v4"\} 0$/m);
    assert.match(text, /^slipway_requests_computing\{model="omnisearch-clip",version="v4"\} 0$/m);
    const buckets = [...text.matchAll(/_bucket\{.*le="(.+)"\} (\d+)/g)].map(([, , count]) => Number(count));
    assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b), "a bucket holds all that are shorter");
    assert.equal(Number(/_count\{.*\} (\d+)/.exec(text)![1]), buckets.at(-1));
    for (const line of text.trimEnd().split("\n")) assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+\{(?:\w+="[^"]*",?)*\} [\d.e+-]+)$/);
  });

  it("are not there unless they are asked for", async () => {
    const plain = await startDemo("omnisearch-clip");
    try {
      for (const path of ["/embed/text", "/health", "/metrics"]) assert.equal((await fetch(`${plain.url}${path}`)).status, 404);
    } finally {
      plain.child.kill("SIGTERM");
    }
  });
});
