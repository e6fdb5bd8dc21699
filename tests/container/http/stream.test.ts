import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeSlowArtifact } from "../support/artifacts";
import { example, extractDemo, invoke, type Running, start, temporaryFolder, until } from "../support/container";

const LINES = "application/jsonlines";

/** The answer as it arrives: headers first, then its pieces. */
async function open(to: Running, body: unknown, accept = LINES): Promise<{ response: IncomingMessage; hangUp: () => void }> {
  const call = httpRequest({ port: to.port, host: "127.0.0.1", path: "/invocations", method: "POST", headers: { "content-type": "application/json", accept } });
  call.on("error", () => undefined);
  call.end(JSON.stringify(body));
  const [response] = (await once(call, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  return { response, hangUp: () => call.destroy() };
}

async function linesOf(response: IncomingMessage): Promise<{ readonly [field: string]: unknown }[]> {
  let text = "";
  for await (const piece of response) text += String(piece);
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as { readonly [field: string]: unknown });
}

const instances = (count: number) => ({ instances: Array.from({ length: count }, (_, n) => ({ ...example.request, station_code: String(n) })) });

describe("an answer line by line", function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  // One at a time, each a good tenth of a second.
  const oneByOne = { threads: 1, batching: { maxSize: 1, maxWaitMs: 0 } };
  let served: Running;
  let slow: Running;

  before(async () => {
    mkdirSync(join(folder, "slow"), { recursive: true });
    mkdirSync(join(folder, "demo"), { recursive: true });
    [served, slow] = await Promise.all([
      extractDemo(join(folder, "demo")).then((modelDirectory) => start({ modelDirectory })),
      start({ modelDirectory: writeSlowArtifact(join(folder, "slow")), spec: { settings: oneByOne, limits: { timeoutSeconds: 1, maxBodyBytes: 100_000 } } }),
    ]);
    await Promise.all([served.ready(), slow.ready()]);
  });

  it("has a line for each request, in their order, the same as of a whole answer", async () => {
    const { response } = await open(served, instances(100));
    assert.deepEqual([response.statusCode, response.headers["content-type"], response.headers["transfer-encoding"]], [200, LINES, "chunked"]);
    const lines = await linesOf(response);
    assert.deepEqual(lines.map((line) => line.station_code), Array.from({ length: 100 }, (_, n) => String(n)));
    const whole = (await invoke(served, instances(100))).body.predictions as unknown as { predictions: object }[];
    assert.deepEqual(lines.map((line) => line.predictions), whole.map(({ predictions }) => predictions));
  });

  it("is one line of a single request, under the type that was asked for", async () => {
    const { response } = await open(served, example.request, "application/x-ndjson");
    assert.equal(response.headers["content-type"], "application/x-ndjson");
    assert.deepEqual((await linesOf(response)).map((line) => line.station_code), ["16107"]);
  });

  it("refuses before it begins what breaks the contract", async () => {
    const { response } = await open(served, { instances: [example.request, { ...example.request, hour: 24 }] });
    assert.equal(response.statusCode, 400);
    response.resume();
  });

  it("is sent as it becomes ready, and what is late at the time limit is an error in its line", async () => {
    const { response } = await open(slow, instances(30));
    let first = "";
    response.once("data", (piece: Buffer) => (first = String(piece)));
    await until(() => first !== "");
    // Thirty take three seconds and more: the first is here while the rest wait.
    assert.ok(first.split("\n").length - 1 < 30, `${first.split("\n").length - 1} lines came at once`);
    let text = first;
    for await (const piece of response) text += String(piece);
    const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line) as { readonly station_code?: string; readonly error?: { readonly code: string } });
    assert.equal(lines.length, 30);
    const failed = lines.findIndex(({ error }) => error !== undefined);
    assert.ok(failed > 0, "some were answered in time");
    assert.ok(lines.slice(0, failed).every(({ station_code }, place) => station_code === String(place)));
    assert.ok(lines.slice(failed).every(({ error }) => error?.code === "deadline-exceeded"));
  });

  it("stops computing when the caller goes away in the middle", async () => {
    const spec = { settings: oneByOne, limits: { timeoutSeconds: 60, maxBodyBytes: 100_000 } };
    const patient = await start({ modelDirectory: join(folder, "slow"), spec });
    await patient.ready();
    const { response, hangUp } = await open(patient, instances(256));
    await once(response, "data");
    hangUp();
    // What is left would take half a minute, and this caller's turn would come after it.
    const next = await invoke(patient, example.request);
    assert.equal(next.status, 200);
  }).timeout(15_000);
});
