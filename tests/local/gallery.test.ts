import assert from "node:assert/strict";
import fastify, { type FastifyInstance } from "fastify";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArtifactStore } from "../../local/artifacts/store";
import { gallery } from "../../local/server/gallery";
import { loadRegistry } from "../../planning";
import { readRegistry } from "../../registry/read";

const root = join(__dirname, "../..");
/** Written by PyTorch (training/clip-demo/publish.py). */
const torch = JSON.parse(readFileSync(join(root, "tests/demo/torch-vectors.json"), "utf8")) as {
  readonly texts: { readonly [text: string]: { readonly embedding: readonly number[] } };
};

describe("the pictures of the page", () => {
  const { models } = loadRegistry(readRegistry(root), { environment: "dev" });
  const artifacts = new ArtifactStore(join(root, "registry/demo"));
  let app: FastifyInstance;

  before(() => {
    app = fastify();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    gallery(app, artifacts, models);
  });
  after(async () => {
    await app.close();
    await artifacts.close();
  });

  it("come out of the artifact of the version that answered", async () => {
    for (const [model, version, id] of [["stygig-clip", "v4", "red-striped-shirt"], ["scin-search", "v1", "synthetic-0001"]] as const) {
      const reply = await app.inject({ url: `/slipway/pictures/${model}/${version}/${id}` });
      assert.deepEqual([reply.statusCode, reply.headers["content-type"]], [200, "image/webp"], id);
      assert.equal(reply.rawPayload.toString("latin1", 8, 12), "WEBP");
    }
  });

  it("are of known items alone: no path leads out", async () => {
    for (const path of ["stygig-clip/v4/none", "stygig-clip/v4/..%2Fslipway.json", "stygig-clip/v4/__proto__", "stygig-clip/v9/red-striped-shirt", "velib-lstm/v3/x", "omnisearch-clip/v1/x", "none/v1/x", "stygig-clip/__proto__/x"]) {
      assert.equal((await app.inject({ url: `/slipway/pictures/${path}` })).statusCode, 404, path);
    }
  });

  const nearest = (place: string, payload: string) => app.inject({ method: "POST", url: `/slipway/nearest/${place}`, headers: { "content-type": "application/json" }, payload });

  it("lie where the words point: a red striped shirt is nearest to its name", async () => {
    const { embedding } = torch.texts["a red striped shirt"]!;
    const reply = await nearest("omnisearch-clip/v1", JSON.stringify({ embedding }));
    const { model, items } = reply.json<{ model: string; items: { id: string; title: string; similarity: number }[] }>();
    assert.equal(model, "stygig-clip");
    assert.equal(items.length, 8);
    assert.equal(items[0]!.id, "red-striped-shirt");
    assert.deepEqual(items.map(({ similarity }) => similarity), items.map(({ similarity }) => similarity).sort((a, b) => b - a));
  });

  it("are not looked for with what is no vector of that space", async () => {
    for (const payload of ["", "{", "{}", '{"embedding":[]}', '{"embedding":[1,2]}', `{"embedding":[${Array(512).fill(0)}]}`, '{"embedding":["a"]}', `{"embedding":[${Array(5000).fill(1)}]}`]) {
      assert.equal((await nearest("omnisearch-clip/v1", payload)).statusCode, 400, payload.slice(0, 40));
    }
    const vector = JSON.stringify({ embedding: Array(512).fill(1) });
    for (const place of ["velib-lstm/v3", "none/v1", "omnisearch-clip/v9"]) assert.equal((await nearest(place, vector)).statusCode, 404, place);
  });
});
