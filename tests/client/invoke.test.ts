import assert from "node:assert/strict";
import { connect, type ClientErrorCode, type SlipwayError } from "../../client";
import {
  awsError,
  containerError,
  hang,
  hangUp,
  json,
  modelError,
  startFixtureServer,
  type FixtureServer,
  type Reply,
} from "./fixture-server";
import { rejection, velibRequest, velibResponse } from "./support";

describe("client: invoke", () => {
  let server: FixtureServer;
  beforeEach(async () => {
    server = await startFixtureServer();
  });
  afterEach(() => server.close());

  const velib = async () => (await connect({ local: server.url }))["velib-lstm"];
  const failure = async (...replies: Reply[]): Promise<SlipwayError> => {
    server.answer(...replies);
    return rejection((await velib()).invoke(velibRequest));
  };

  it("sends the request as JSON and returns the typed answer", async () => {
    server.answer(json(200, velibResponse));
    const { predictions } = await (await velib()).invoke(velibRequest);
    assert.deepEqual(predictions, { "T+1h": 8, "T+2h": 8, "T+3h": 8 });
    const [call] = server.calls;
    assert.equal(call?.endpoint, "velib-lstm-dev");
    assert.deepEqual(JSON.parse(call.body), velibRequest);
    assert.equal(call?.headers["content-type"], "application/json");
    assert.equal(call?.headers.accept, "application/json");
    assert.equal(call?.headers["x-amzn-sagemaker-target-variant"], undefined, "by weight unless asked");
  });

  it("tells how the answer came", async () => {
    server.answer(json(200, velibResponse, { "x-amzn-invoked-production-variant": "v3" }));
    const answer = await (await velib()).answer(velibRequest, { variant: "v3" });
    assert.equal(answer.variant, "v3");
    assert.equal(answer.attempts, 1);
    assert.equal(answer.requestId, "request-of-aws");
    assert.ok(answer.durationMs > 0);
    assert.equal(server.calls[0]?.headers["x-amzn-sagemaker-target-variant"], "v3");
  });

  it("refuses a variant that the endpoint does not have, before any call", async () => {
    const error = await rejection((await velib()).invoke(velibRequest, { variant: "v9" }));
    assert.equal(error.code, "unknown-variant");
    assert.match(error.message, /"v9".*v3/);
    assert.equal(server.calls.length, 0);
  });

  it("points at the field that the container refuses, and does not try again", async () => {
    const refusal = { code: "validation-failed", message: "must NOT have fewer than 24 items", path: "/historical_bikes", requestId: "r-1" };
    const error = await failure(containerError(400, refusal));
    assert.equal(error.code, "validation-failed");
    assert.equal(error.status, 400);
    assert.equal(error.path, "/historical_bikes");
    assert.equal(error.requestId, "r-1");
    assert.equal(error.message, "velib-lstm: must NOT have fewer than 24 items");
    assert.equal(error.model, "velib-lstm");
    assert.equal(error.endpoint, "velib-lstm-dev");
    assert.equal(error.failsOver, false);
    assert.equal(server.calls.length, 1);
  });

  it("tries a 5xx of the container again, then gives up", async () => {
    const error = await failure(containerError(500, { code: "runtime-failed", message: "NaN in the output", requestId: "r-2" }));
    assert.equal(error.code, "runtime-failed");
    assert.equal(error.failsOver, true);
    assert.equal(server.calls.length, 3);
  });

  it("tries as often as it is told", async () => {
    server.answer(awsError(503, "ServiceUnavailable", { Message: "busy" }));
    const model = await velib();
    assert.equal((await rejection(model.invoke(velibRequest, { retries: 0 }))).code, "service-failed");
    assert.equal(server.calls.length, 1);
  });

  it("goes on where a later attempt succeeds", async () => {
    server.answer(awsError(429, "ThrottlingException", { message: "slow down" }), hangUp, json(200, velibResponse));
    const answer = await (await velib()).answer(velibRequest);
    assert.equal(answer.attempts, 3);
    assert.equal(answer.response.station_code, "16107");
  });

  const mapped: [what: string, reply: Reply, code: ClientErrorCode, attempts: number][] = [
    ["throttling", awsError(400, "ThrottlingException", { message: "Rate exceeded" }), "throttled", 3],
    ["a bare 429", json(429, "{}"), "throttled", 3],
    ["a model that is not ready", awsError(429, "ModelNotReadyException", { Message: "not ready" }), "model-not-ready", 3],
    ["an internal failure", awsError(500, "InternalFailure", { Message: "oops" }), "service-failed", 3],
    ["a failed dependency", awsError(530, "InternalDependencyException", { Message: "oops" }), "service-failed", 3],
    ["a bad gateway in HTML", json(502, "<html>Bad gateway</html>", { "content-type": "text/html" }), "service-failed", 3],
    ["an endpoint that is gone", awsError(400, "ValidationError", { Message: "Endpoint velib-lstm-dev of account 111122223333 not found." }), "endpoint-not-found", 1],
    ["any other refusal", awsError(400, "ValidationError", { Message: "1 validation error detected" }), "request-refused", 1],
    ["no permission", awsError(403, "AccessDeniedException", { Message: "not authorized to perform: sagemaker:InvokeEndpoint" }), "access-denied", 1],
    ["an expired token", awsError(403, "ExpiredTokenException", { Message: "expired" }), "credentials-missing", 1],
    ["a broken connection", hangUp, "connection-failed", 3],
    ["an answer that is not JSON", json(200, "{ nope"), "response-invalid", 1],
    ["an answer that is not UTF-8", (response) => response.end(Buffer.from([0x22, 0xff, 0x22])), "response-invalid", 1],
    ["an empty answer", json(200, ""), "response-invalid", 1],
    ["a foreign container's 4xx", modelError(422, "bad input"), "model-refused", 1],
    ["a foreign container's 5xx", modelError(500, "<html>oops</html>"), "model-failed", 3],
    ["a foreign container's 429", modelError(429, ""), "overloaded", 3],
    ["an error body with a code of no container", modelError(400, '{"error":{"code":"unknown-model","message":"x"}}'), "model-refused", 1],
  ];
  for (const [what, reply, code, attempts] of mapped) {
    it(`maps ${what} to ${code}`, async () => {
      const error = await failure(reply);
      assert.equal(error.code, code);
      assert.equal(server.calls.length, attempts);
    });
  }

  it("gives up on a hang at the deadline, over all attempts", async () => {
    server.answer(hang);
    const error = await rejection((await velib()).invoke(velibRequest, { timeoutMs: 60 }));
    assert.equal(error.code, "timed-out");
    assert.match(error.message, /60 ms \(1 attempt\)/);
    assert.equal(server.calls.length, 1);
  });

  it("says what the attempts before the deadline met", async () => {
    server.answer(awsError(503, "ServiceUnavailable", { Message: "busy" }), hang);
    const error = await rejection((await velib()).invoke(velibRequest, { timeoutMs: 1_000 }));
    assert.equal(error.code, "timed-out");
    assert.match(error.message, /the last attempt said: service-failed/);
    assert.equal((error.cause as SlipwayError).code, "service-failed");
  });

  it("ends at once when the caller aborts", async () => {
    const controller = new AbortController();
    server.answer(() => controller.abort(new Error("the user left")));
    const error = await rejection((await velib()).invoke(velibRequest, { signal: controller.signal }));
    assert.equal(error.code, "aborted");
    assert.equal((error.cause as Error).message, "the user left");
    assert.equal(server.calls.length, 1);
  });

  it("sends nothing for a signal that was aborted before", async () => {
    const error = await rejection((await velib()).invoke(velibRequest, { signal: AbortSignal.abort() }));
    assert.equal(error.code, "aborted");
    assert.equal(server.calls.length, 0);
  });

  it("says so where nothing listens", async () => {
    const model = await velib();
    await server.close();
    const error = await rejection(model.invoke(velibRequest, { retries: 0 }));
    assert.equal(error.code, "connection-failed");
    assert.equal(error.retryable, true);
  });

  it("refuses what has no JSON form, and options that make no sense", async () => {
    const model = await velib();
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    for (const request of [undefined, cyclic, { hour: 1n }, () => 1]) {
      assert.equal((await rejection(model.invoke(request as never))).code, "request-unserialisable");
    }
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: NaN }, { timeoutMs: 2 ** 31 }, { retries: -1 }, { retries: 0.5 }]) {
      assert.equal((await rejection(model.invoke(velibRequest, options))).code, "option-invalid");
    }
    assert.equal(server.calls.length, 0);
  });
});
