import assert from "node:assert/strict";
import fc from "fast-check";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, SlipwayError, type StackOutputs, type Streamed, type VelibLstmResponse } from "../../client";
import { linesOf } from "../../client/lines";
import { StreamBroken } from "../../local/endpoints/stream";
import { EVENT_STREAM_TYPE, responseStream } from "../../local/server/event-stream";
import { awsError, containerError, hang, startFixtureServer, velibOutputs, type FixtureServer, type Reply } from "./fixture-server";
import { velibRequest, velibResponse } from "./support";

const line = (station_code: string): string => `${JSON.stringify({ ...velibResponse, station_code })}\n`;
const refusal = `${JSON.stringify({ error: { code: "validation-failed", message: "/instances/1/hour must be <= 23", path: "/instances/1/hour", requestId: "r" } })}\n`;

/** SageMaker's frames around pieces; `after` ends the stream in another way. */
const stream =
  (pieces: readonly string[], { pauseMs = 0, after, held }: { pauseMs?: number; after?: Error; held?: (response: ServerResponse) => void } = {}): Reply =>
  (response) => {
    held?.(response);
    response.writeHead(200, { "content-type": EVENT_STREAM_TYPE, "x-amzn-sagemaker-content-type": "application/jsonlines", "x-amzn-invoked-production-variant": "v3", "x-amzn-requestid": "request-of-aws" });
    async function* given(): AsyncGenerator<Buffer> {
      for (const piece of pieces) {
        yield Buffer.from(piece);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      if (after !== undefined) throw after;
    }
    void (async () => {
      for await (const frame of responseStream(given())) response.write(frame);
      response.end();
    })();
  };

type Outcome = Streamed<VelibLstmResponse>;

async function all(outcomes: AsyncIterable<Outcome>): Promise<{ readonly outcomes: Outcome[]; readonly failure?: SlipwayError }> {
  const taken: Outcome[] = [];
  try {
    for await (const outcome of outcomes) taken.push(outcome);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return { outcomes: taken, failure: error };
  }
  return { outcomes: taken };
}
const codesOf = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ response, error }) => response?.station_code ?? error!.code);

describe("client: a stream", () => {
  let server: FixtureServer;
  let outputs: StackOutputs;
  beforeEach(async () => {
    outputs = velibOutputs();
    server = await startFixtureServer(() => outputs);
  });
  afterEach(() => server.close());
  const three = [velibRequest, velibRequest, velibRequest];
  const open = async (requests = three, options: Parameters<Awaited<ReturnType<typeof connect>>["velib-lstm"]["invokeStream"]>[1] = { retries: 0 }) => (await connect({ local: server.url }))["velib-lstm"].invokeStream(requests, options);

  it("gives each answer in its place, with the error of one that fails", async () => {
    server.answer(stream([line("a"), refusal + line("c").slice(0, 20), line("c").slice(20)]));
    const { outcomes, failure } = await all(await open());
    assert.equal(failure, undefined);
    assert.deepEqual(outcomes.map(({ index }) => index), [0, 1, 2]);
    assert.deepEqual(codesOf(outcomes), ["a", "validation-failed", "c"]);
    assert.deepEqual([outcomes[1]!.error!.path, outcomes[1]!.error!.status, outcomes[0]!.variant, outcomes[0]!.servedBy], ["/instances/1/hour", 400, "v3", "endpoint"]);
    const [call] = server.calls;
    assert.deepEqual([JSON.parse(call!.body), call!.headers["x-amzn-sagemaker-accept"]], [{ instances: three }, "application/jsonlines"]);
  });

  it("gives the first answer while the others are still computed, and hangs up when nobody reads on", async () => {
    let response: ServerResponse;
    server.answer(stream(Array.from({ length: 500 }, (_, n) => line(String(n))), { pauseMs: 50, held: (held) => (response = held) }));
    let closed: Promise<unknown> | undefined;
    for await (const { index } of await open()) {
      assert.equal(index, 0);
      closed = once(response!, "close");
      break;
    }
    await closed;
    assert.equal(response!.writableFinished, false);
  });

  it("tries again until it begins, and never after", async () => {
    server.answer(containerError(503, { code: "overloaded", message: "full", requestId: "r" }), stream([line("a"), line("b"), line("c")]));
    assert.deepEqual(codesOf((await all(await open(three, { retries: 1 }))).outcomes), ["a", "b", "c"]);
    server.calls.length = 0;
    server.answer(stream([line("a")], { after: new StreamBroken("StreamBroken", "the connection was reset") }));
    const { outcomes, failure } = await all(await open(three, { retries: 5 }));
    assert.deepEqual([codesOf(outcomes), failure!.code, server.calls.length], [["a"], "model-failed", 1]);
  });

  for (const [what, reply, code] of [
    ["a refusal before it begins", containerError(400, { code: "validation-failed", message: "no", path: "/instances", requestId: "r" }), "validation-failed"],
    ["SageMaker that does not let it begin", awsError(403, "AccessDeniedException", { Message: "no" }), "access-denied"],
    ["a failure of the service in the middle", stream([line("a")], { after: new Error("disk") }), "service-failed"],
    ["fewer answers than requests", stream([line("a"), line("b")]), "response-invalid"],
    ["a line that is no JSON", stream([line("a"), "<html>\n"]), "response-invalid"],
  ] as const) {
    it(`says ${code} of ${what}`, async () => {
      server.answer(reply);
      assert.equal((await all(await open())).failure?.code, code);
    });
  }

  it("ends at its time limit, before it begins and in the middle", async () => {
    server.answer(hang);
    assert.equal((await all(await open(three, { timeoutMs: 100 }))).failure!.code, "timed-out");
    server.answer(stream(Array.from({ length: 100 }, () => line("a")), { pauseMs: 40 }));
    const { outcomes, failure } = await all(await open(three, { timeoutMs: 300 }));
    assert.equal(failure!.code, "timed-out");
    assert.ok(outcomes.length > 0);
    assert.match(failure!.message, new RegExp(`${outcomes.length} of 3 answers`));
  });

  it("ends when it is aborted", async () => {
    server.answer(stream(Array.from({ length: 100 }, () => line("a")), { pauseMs: 20 }));
    const abort = new AbortController();
    let taken = 0;
    await assert.rejects(
      async () => {
        for await (const outcome of await open(three, { signal: abort.signal })) {
          assert.ok(outcome.response);
          taken += 1;
          abort.abort();
        }
      },
      (error) => error instanceof SlipwayError && error.code === "aborted",
    );
    assert.ok(taken >= 1);
  });

  it("comes from the fallback where the endpoint does not let it begin", async () => {
    const environment = createServer((request, response) => {
      request.resume();
      assert.equal(request.headers.accept, "application/jsonlines");
      response.writeHead(200, { "content-type": "application/jsonlines", "x-request-id": "e" });
      response.write(line("a"));
      setTimeout(() => response.end(line("b") + line("c")), 20);
    });
    await once(environment.listen(0, "127.0.0.1"), "listening");
    const [model] = Object.values(outputs.models);
    const url = `http://127.0.0.1:${(environment.address() as AddressInfo).port}`;
    Object.assign(model!, { fallback: { url, environmentName: "velib-lstm-dev-fallback", version: "v3", tokenSecretArn: "arn:aws:secretsmanager:eu-west-3:111122223333:secret:token" } });
    server.answer(awsError(503, "ServiceUnavailable", { Message: "down" }));
    const models = await connect({ local: server.url, token: async () => "a-token" });
    const { outcomes, failure } = await all(models["velib-lstm"].invokeStream(three, { retries: 0 }));
    environment.close();
    assert.equal(failure, undefined);
    assert.deepEqual([codesOf(outcomes), outcomes[0]!.servedBy], [["a", "b", "c"], "fallback"]);
  });

  it("is not for a model whose versions share an endpoint, or that has a queue", async () => {
    const [model] = Object.values(outputs.models);
    Object.assign(model!, { serving: { multiModel: { endpointName: "several", endpointConfigName: "several-0", variants: ["all"], targets: { v3: "v3.tar.gz" } } } });
    assert.equal((await all(await open())).failure!.code, "not-streamed");
    assert.deepEqual(server.calls, []);
  });

  it("takes lines apart wherever the pieces are cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replace(/\n/g, "") || "x"), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        async function* pieces(): AsyncGenerator<Uint8Array> {
          for (let at = 0, n = 0; at < bytes.length; n += 1) yield bytes.subarray(at, (at += cuts[n % cuts.length]!));
        }
        const read: string[] = [];
        for await (const text of linesOf(pieces())) read.push(text);
        assert.deepEqual(read, lines);
      }),
    );
  });
});
