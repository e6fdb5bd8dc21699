import assert from "node:assert/strict";
import type { WireErrorBody } from "../../../contract/errors";
import { linesOf } from "../../../container/src/http/lines";
import { example, extractDemo, start, temporaryFolder, type Running } from "../support/container";

describe("a container that serves a transform job", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let job: Running;
  let endpoint: Running;

  before(async () => {
    const modelDirectory = await extractDemo(folder);
    [job, endpoint] = await Promise.all([start({ modelDirectory, environment: { SAGEMAKER_BATCH: "true" } }), start({ modelDirectory })]);
    await Promise.all([job.ready(), endpoint.ready()]);
  });

  const send = (to: Running, body: string, headers: Record<string, string> = {}) =>
    fetch(`${to.url}/invocations`, { method: "POST", body, headers: { "content-type": "application/jsonlines", accept: "application/jsonlines", ...headers } });
  const request = JSON.stringify(example.request);

  it("answers each line in its place, and what is wrong with one in that line alone", async () => {
    const response = await send(job, [request, "{ not json", JSON.stringify({ ...example.request, hour: "late" }), request].join("\n"));
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/jsonlines"]);
    const text = await response.text();
    const answers = text.trimEnd().split("\n").map((line) => JSON.parse(line) as object);
    assert.ok(text.endsWith("\n"));
    assert.equal(answers.length, 4);
    const [first, last] = [answers[0], answers[3]] as { predictions: object }[];
    assert.deepEqual(first!.predictions, last!.predictions);
    const [, malformed, invalid] = answers as unknown as [unknown, WireErrorBody, WireErrorBody];
    assert.deepEqual([malformed.error.code, invalid.error.code], ["malformed-json", "validation-failed"]);
    assert.equal(invalid.error.requestId, response.headers.get("x-request-id"));
  });

  it("says the same of a line as of a request", async () => {
    const single = (await (await fetch(`${job.url}/invocations`, { method: "POST", body: request, headers: { "content-type": "application/json" } })).json()) as { predictions: object };
    assert.deepEqual((JSON.parse(await (await send(job, `${request}\n`)).text()) as typeof single).predictions, single.predictions);
  });

  it("counts an empty line as a record, so that places stay what they are", async () => {
    const answers = (await (await send(job, `${request}\n\n${request}\n`)).text()).trimEnd().split("\n");
    assert.equal(answers.length, 3);
    assert.match(answers[1]!, /malformed-json/);
  });

  it("refuses an answer in another type", async () => {
    assert.equal((await send(job, request, { accept: "text/csv" })).status, 406);
  });

  it("tells SageMaker how to send, in the service's own spelling", async () => {
    const parameters = (await (await fetch(`${job.url}/execution-parameters`)).json()) as object;
    assert.deepEqual(parameters, { MaxConcurrentTransforms: 2, BatchStrategy: "MULTI_RECORD", MaxPayloadInMB: 6 });
  });

  it("does none of it behind an endpoint", async () => {
    assert.equal((await send(endpoint, request)).status, 415);
    assert.equal((await fetch(`${endpoint.url}/execution-parameters`)).status, 404);
  });

  it("takes a body apart without its line ends", () => {
    const lines = (text: string): string[] => [...linesOf(Buffer.from(text))].map(String);
    assert.deepEqual([lines("a\nb"), lines("a\n\nb\n"), lines(""), lines("\n")], [["a", "b"], ["a", "", "b"], [], [""]]);
  });
});
