import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { heldBytes } from "../../../container/src/core/models/memory";
import { readManifest, writeManifest, writeSlowArtifact } from "../support/artifacts";
import { example, temporaryFolder, until } from "../support/container";
import { childrenOf, copyOf, heldByAll, startMany, versions, type Api } from "./support";

const MIB = 1024 * 1024;

const events = (api: Api, event: string): string[] => api.running.log.filter((line) => line.event === event).map(({ modelName }) => String(modelName));

describe("a container with several models", function () {
  this.timeout(60_000);
  let api: Api;
  let url: { readonly [version: string]: string };
  before(async () => {
    [api, url] = await Promise.all([startMany(), versions("v3", "v4", "v5")]);
  });
  after(async () => {
    api.running.child.kill("SIGTERM");
    assert.equal(await api.running.exited, 0);
  });

  it("is healthy before it has a model", async () => {
    assert.equal((await api.get("/ping")).status, 200);
    assert.deepEqual((await api.get("/models")).body, { models: [] });
  });

  it("loads models, and each answers with the version of its own artifact", async () => {
    const loaded = await Promise.all(["v3", "v4"].map((version) => api.load(`name of ${version}/%`, url[version]!)));
    assert.deepEqual(loaded.map(({ status, body }) => [status, body]), [
      [200, { modelName: "name of v3/%", modelUrl: url.v3 }],
      [200, { modelName: "name of v4/%", modelUrl: url.v4 }],
    ]);
    for (const version of ["v3", "v4"]) {
      const { status, body } = await api.invoke(`name of ${version}/%`, example.request, { "x-amzn-sagemaker-target-model": `${version}.tar.gz` });
      assert.equal(status, 200);
      assert.equal(body.model_version, version);
    }
  });

  it("lists and gets what is loaded", async () => {
    assert.deepEqual(await api.names(), ["name of v3/%", "name of v4/%"]);
    assert.deepEqual((await api.get(`/models/${encodeURIComponent("name of v3/%")}`)).body, { modelName: "name of v3/%", modelUrl: url.v3 });
  });

  it("lists page by page", async () => {
    await api.load("third", url.v5!);
    const names: string[] = [];
    for (let token = ""; ; ) {
      const { body } = await api.get(`/models?limit=2${token}`);
      names.push(...(body.models as { modelName: string }[]).map(({ modelName }) => modelName));
      if (body.nextPageToken === undefined) break;
      token = `&next_page_token=${String(body.nextPageToken)}`;
    }
    assert.deepEqual(names, ["name of v3/%", "name of v4/%", "third"]);
    assert.equal((await api.get("/models?limit=none")).status, 400);
  });

  it("answers 409 for a name that is taken", async () => {
    const { status, body } = await api.load("third", url.v5!);
    assert.deepEqual([status, body.error!.code], [409, "model-already-loaded"]);
  });

  it("loads a name once when asked for it twice at a time", async () => {
    const replies = await Promise.all([api.load("twice", url.v3!), api.load("twice", url.v3!)]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409]);
    assert.equal((await api.invoke("twice", example.request)).status, 200);
    assert.equal((await api.unload("twice")).status, 200);
  });

  it("answers 404 for a name that it does not know", async () => {
    for (const reply of [await api.get("/models/unknown"), await api.unload("unknown"), await api.invoke("unknown", example.request)]) {
      assert.deepEqual([reply.status, reply.body.error!.code], [404, "model-not-loaded"]);
    }
  });

  it("has freed a model's memory when DELETE answers", async () => {
    const before = childrenOf(api.running.child.pid!);
    await api.load("passing", url.v3!);
    const [process] = childrenOf(api.running.child.pid!).filter((pid) => !before.includes(pid));
    assert.ok(heldBytes(process!)! > 10 * MIB, "the model holds memory");
    assert.equal((await api.unload("passing")).status, 200);
    assert.equal(heldBytes(process!), undefined, "its process is gone");
    assert.deepEqual(childrenOf(api.running.child.pid!), before);
    assert.equal((await api.invoke("passing", example.request)).status, 404);
  });

  it("answers what it took before a model is unloaded, and 404 afterwards", async () => {
    await api.load("slow", writeSlowArtifact(temporaryFolder()));
    const running = Promise.all(Array.from({ length: 3 }, () => api.invoke("slow", example.request)));
    await until(() => api.running.log.some(({ event, version }) => event === "request" && version === "v3"));
    const unloaded = api.unload("slow");
    const late = await api.invoke("slow", example.request);
    for (const { status } of await running) assert.equal(status, 200);
    assert.equal((await unloaded).status, 200);
    assert.ok([200, 404].includes(late.status), "it came before or after, and was answered");
    assert.equal((await api.invoke("slow", example.request)).status, 404);
  });

  it("keeps the contract of requests: what is wrong with them is said with its path", async () => {
    const { status, body } = await api.invoke("third", {});
    assert.deepEqual([status, body.error!.code], [400, "validation-failed"]);
  });

  it("refuses a corrupt artifact, naming the file, and stays as it was", async () => {
    const folder = copyOf(url.v3!);
    const file = join(folder, "stations.json");
    const bytes = readFileSync(file);
    bytes[100]! ^= 1;
    writeFileSync(file, bytes);
    const { status, body } = await api.load("corrupt", folder);
    assert.deepEqual([status, body.error!.code], [400, "model-not-loadable"]);
    assert.match(body.error!.message, /artifact-corrupt: stations\.json has sha256/);
    assert.equal((await api.get("/models/corrupt")).status, 404);
    assert.equal((await api.load("corrupt", url.v3!)).status, 200, "the name is free again");
    await api.unload("corrupt");
  });

  it("refuses folders that are no artifact of this model and runtime", async () => {
    const changed = (change: object): string => {
      const folder = copyOf(url.v3!);
      writeManifest(folder, { ...readManifest(folder), ...change });
      return folder;
    };
    const refusal = async (folder: string): Promise<string> => {
      const { status, body } = await api.load("wrong", folder);
      return `${status} ${body.error!.code}: ${body.error!.message}`;
    };
    assert.match(await refusal("/nowhere/model"), /^404 model-folder-missing: /);
    assert.match(await refusal("models/v3"), /^400 model-not-loadable: .* absolute path$/);
    assert.match(await refusal(temporaryFolder()), /^400 model-not-loadable: slipway\.json cannot be read/);
    assert.match(await refusal(changed({ model: "stygig-clip" })), /^400 model-not-loadable: slipway\.json is for the model "stygig-clip"; this endpoint serves "velib-lstm"/);
    assert.match(await refusal(changed({ runtime: "clip-embed" })), /^400 model-not-loadable: slipway\.json is for the runtime "clip-embed"/);
    assert.match(await refusal(changed({ version: "" })), /^400 model-not-loadable: slipway\.json names no version/);
    for (const body of [{}, { model_name: "", url: "/x" }, { model_name: "x" }, { model_name: "x".repeat(1025), url: "/x" }]) {
      const reply = await fetch(`${api.running.url}/models`, { method: "POST", body: JSON.stringify(body) });
      assert.equal(reply.status, 400);
    }
  });

  it("loses one model where a process dies, and brings it back with the next request", async () => {
    const before = childrenOf(api.running.child.pid!);
    await api.load("fragile", url.v3!);
    const [process_] = childrenOf(api.running.child.pid!).filter((pid) => !before.includes(pid));
    process.kill(process_!, "SIGKILL");
    await until(() => events(api, "model-exited").includes("fragile"));
    assert.equal((await api.invoke("third", example.request)).status, 200, "the others answer");
    assert.equal((await api.invoke("fragile", example.request)).body.model_version, "v3");
    await api.unload("fragile");
  });

  it("has no /invocations: a request names its model", async () => {
    const reply = await fetch(`${api.running.url}/invocations`, { method: "POST", body: "{}" });
    assert.equal(reply.status, 404);
  });
});

describe("a container with several models and little memory", function () {
  this.timeout(60_000);

  it("evicts what was used longest ago, and loads it again when it is asked for", async () => {
    const url = await versions("v1", "v2", "v3");
    const measured = await startMany();
    const held = (): number => heldByAll(measured.running.child.pid!);
    for (const version of ["v1", "v2"]) await measured.load(version, url[version]!);
    const two = held();
    await measured.load("v3", url.v3!);
    const three = held();
    measured.running.child.kill("SIGTERM");
    await measured.running.exited;

    // There is room for two and a half.
    const api = await startMany({ SLIPWAY_MEMORY_MIB: String(Math.round((two + three) / 2 / MIB)) });
    await api.load("one", url.v1!);
    await api.load("two", url.v2!);
    await api.invoke("one", example.request);
    await api.load("three", url.v3!);
    assert.deepEqual(await api.names(), ["one", "three"]);
    assert.equal((await api.get("/models/two")).status, 404);

    const back = await api.invoke("two", example.request);
    assert.deepEqual([back.status, back.body.model_version], [200, "v2"]);
    assert.deepEqual(await api.names(), ["three", "two"]);
    await until(() => events(api, "model-evicted").length === 2);
    assert.deepEqual(events(api, "model-evicted"), ["two", "one"]);

    assert.equal((await api.unload("one")).status, 200, "what is not in memory can be forgotten");
    assert.equal((await api.invoke("one", example.request)).status, 404);
    api.running.child.kill("SIGTERM");
    assert.equal(await api.running.exited, 0);
  });

  it("answers 507 where nothing is left to evict, and holds nothing of the model", async () => {
    const url = await versions("v1");
    const api = await startMany({ SLIPWAY_MEMORY_MIB: "48" });
    const { status, body } = await api.load("large", url.v1!);
    assert.deepEqual([status, body.error!.code], [507, "memory-exhausted"]);
    assert.match(body.error!.message, /of 48 MiB/);
    assert.deepEqual([await api.names(), childrenOf(api.running.child.pid!)], [[], []]);
    api.running.child.kill("SIGTERM");
    assert.equal(await api.running.exited, 0);
  });
});
