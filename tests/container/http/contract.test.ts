import assert from "node:assert/strict";
import Ajv from "ajv";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { errorTable, type WireErrorCode } from "../../../contract/errors";
import { writeSlowArtifact } from "../support/artifacts";
import { contract, example, extractDemo, invoke, type Reply, type Running, start, temporaryFolder } from "../support/container";

const refused = (reply: Reply, code: WireErrorCode, message?: RegExp): void => {
  assert.equal(reply.body.error?.code, code, reply.text);
  assert.equal(reply.status, errorTable[code].status);
  assert.match(reply.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(reply.headers.get("x-request-id"), reply.body.error.requestId);
  if (message) assert.match(reply.body.error.message, message);
};

describe("the served velib, by SageMaker's contract", () => {
  const folder = temporaryFolder();
  let served: Running;

  before(async () => {
    served = await start({ modelDirectory: await extractDemo(folder), spec: { limits: { timeoutSeconds: 20, maxBodyBytes: 100_000 } } });
    await served.ready();
  });
  after(async () => {
    served.child.kill("SIGTERM");
    await served.exited;
  });

  it("answers /ping with 200 and nothing else", async () => {
    const response = await fetch(`${served.url}/ping`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
    assert.equal((await fetch(`${served.url}/ping`, { method: "HEAD" })).status, 200);
  });

  it("answers the golden example as the contract says", async () => {
    const reply = await invoke(served, example.request);
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get("content-type")!, /^application\/json/);
    assert.equal(reply.body.station_code, "16107");
    assert.deepEqual(reply.body.predictions, (example.response as { predictions: object }).predictions);
    assert.equal(reply.body.model_version, "v3_475snapshots");
    const satisfies = new Ajv().compile(contract.response as object);
    assert.ok(satisfies(reply.body), JSON.stringify(satisfies.errors));
  });

  it("takes a code it never saw, and says 400 with the field for what the contract refuses", async () => {
    assert.equal((await invoke(served, { ...example.request, station_code: "elsewhere" })).body.station_code, "elsewhere");
    const reply = await invoke(served, { ...example.request, hour: 24 });
    refused(reply, "validation-failed", /<= 23/);
    assert.equal(reply.body.error!.path, "/hour");
  });

  it("echoes a request id that is safe to echo, and makes one up otherwise", async () => {
    const idOf = async (headers: Record<string, string>): Promise<string | null> => (await invoke(served, example.request, headers)).headers.get("x-request-id");
    assert.equal(await idOf({ "x-request-id": "abc-123" }), "abc-123");
    assert.equal(await idOf({ "x-amzn-sagemaker-inference-id": "inf.1" }), "inf.1");
    for (const unsafe of ["a b", "x".repeat(129), '"}']) assert.match((await idOf({ "x-request-id": unsafe }))!, /^[0-9a-f-]{36}$/);
  });

  it("tolerates SageMaker's own headers", async () => {
    const reply = await invoke(served, example.request, { "x-amzn-sagemaker-custom-attributes": "trace=1", "x-amzn-sagemaker-target-model": "v3" });
    assert.equal(reply.status, 200);
  });

  for (const type of ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"', "application/vnd.example+json"]) {
    it(`reads ${type}`, async () => assert.equal((await invoke(served, example.request, { "content-type": type })).status, 200));
  }
  for (const type of ["text/csv", "text/plain", "application/x-image", "application/json; charset=latin1", "application/jsonp", "json", ";"]) {
    it(`does not read ${type}`, async () => refused(await invoke(served, example.request, { "content-type": type }), "unsupported-media-type"));
  }
  it("reads a body without a type as JSON", async () => {
    const response = await fetch(`${served.url}/invocations`, { method: "POST", body: new Blob([JSON.stringify(example.request)]) });
    assert.equal(response.status, 200);
  });
  it("does not read a compressed body", async () => {
    refused(await invoke(served, example.request, { "content-encoding": "gzip" }), "unsupported-media-type", /gzip/);
  });

  for (const accept of ["*/*", "application/*", "application/json", "application/*;q=0.5", "text/html, application/json;q=0.9", "text/csv, */*;q=0.1"]) {
    it(`accepts Accept: ${accept}`, async () => assert.equal((await invoke(served, example.request, { accept })).status, 200));
  }
  for (const accept of ["text/csv", "application/json;q=0", "image/*", "*/*, application/json;q=0"]) {
    it(`says 406 to Accept: ${accept}`, async () => refused(await invoke(served, example.request, { accept }), "not-acceptable"));
  }

  it("says 413 above the limit of the spec, and reads up to it", async () => {
    refused(await invoke(served, " ".repeat(100_001)), "body-too-large", /100000 bytes/);
    const padded = JSON.stringify(example.request).padEnd(100_000);
    assert.equal((await invoke(served, padded)).status, 200);
  });

  it("says 404 and 405, naming what there is", async () => {
    const call = async (path: string, method: string): Promise<Reply> => {
      const response = await fetch(served.url + path, { method });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Reply["body"] };
    };
    refused(await call("/models", "GET"), "not-found", /GET \/ping/);
    refused(await call("/constructor", "GET"), "not-found");
    refused(await call("/%zz", "GET"), "malformed-request");
    const wrong = await call("/invocations", "GET");
    refused(wrong, "method-not-allowed");
    assert.equal(wrong.headers.get("allow"), "POST");
    refused(await call("/ping?x=1", "DELETE"), "method-not-allowed");
  });

  it("logs each request without what was in it", async () => {
    await invoke(served, { ...example.request, station_code: "confidential" }, { "x-request-id": "logged-1" });
    await invoke(served, { ...example.request, station_code: "confidential", confidential: 1 }, { "x-request-id": "logged-2" });
    const lines = served.log.filter(({ event }) => event === "request");
    const answered = lines.find(({ requestId }) => requestId === "logged-1")!;
    assert.deepEqual([answered.status, typeof answered.durationMs, typeof answered.inferenceMs], [200, "number", "number"]);
    const other = lines.find(({ requestId }) => requestId === "logged-2")!;
    assert.deepEqual([other.status, other.code], [400, "validation-failed"]);
    assert.ok(!JSON.stringify(lines).includes("confidential"));
    assert.deepEqual([answered.model, answered.version], ["velib-lstm", "v3"]);
  });
});

describe("a model that takes its time", () => {
  const folder = temporaryFolder();
  const slow = (): string => {
    mkdirSync(join(folder, "model"), { recursive: true });
    return writeSlowArtifact(join(folder, "model"));
  };

  it("does not keep /ping waiting: pings are answered while one inference runs", async () => {
    const served = await start({ modelDirectory: slow() });
    await served.ready();
    let answered = false;
    const answer = invoke(served, example.request).finally(() => (answered = true));
    let pings = 0;
    while (!answered) {
      assert.equal((await fetch(`${served.url}/ping`)).status, 200);
      if (!answered) pings += 1;
    }
    assert.equal((await answer).status, 200);
    // The network blocks its thread for over a hundred milliseconds; on that thread no ping would have been answered meanwhile.
    assert.ok(pings >= 3, `${pings} pings during the inference`);
    served.child.kill("SIGKILL");
    await served.exited;
  });

  it("is overloaded beyond its queue, and past the deadline says so", async () => {
    const served = await start({ modelDirectory: slow(), spec: { settings: { threads: 1, batching: { maxSize: 1, maxWaitMs: 0 } }, limits: { timeoutSeconds: 2, maxBodyBytes: 100_000 } } });
    await served.ready();
    const replies = await Promise.all(Array.from({ length: 80 }, () => invoke(served, example.request)));
    const byStatus = new Map<number, Reply[]>();
    for (const reply of replies) byStatus.set(reply.status, [...(byStatus.get(reply.status) ?? []), reply]);
    assert.ok([...byStatus.keys()].every((status) => [200, 503, 504].includes(status)), JSON.stringify([...byStatus.keys()]));
    for (const reply of byStatus.get(503)!) {
      refused(reply, "overloaded");
      assert.match(reply.headers.get("retry-after")!, /^[12]$/); // never past the time limit
    }
    for (const reply of byStatus.get(504)!) refused(reply, "deadline-exceeded", /within 2 s/);
    while ((await invoke(served, example.request)).status !== 200); // and recovers
    served.child.kill("SIGKILL");
    await served.exited;
  });
});
