import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, SlipwayError, type StackOutputs } from "../../client";
import { awsError, containerError, hang, hangUp, json, startFixtureServer, velibOutputs, type FixtureServer } from "./fixture-server";
import { rejection, velibRequest, velibResponse } from "./support";

const secretArn = "arn:aws:secretsmanager:eu-west-3:111122223333:secret:velib-lstm-dev-fallback-token-a1b2c3";
const busy = containerError(503, { code: "overloaded", message: "full", requestId: "r" });
const down = awsError(503, "ServiceUnavailable", { Message: "Service Unavailable" });

/** An environment: it asks for a token, and answers as it is told. */
class EnvironmentServer {
  readonly calls: { readonly headers: IncomingHttpHeaders; readonly url: string }[] = [];
  token = "the-token-of-the-fallback";
  reply: { status: number; body: string; type: string } = { status: 200, body: JSON.stringify(velibResponse), type: "application/json" };
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.calls.push({ headers: request.headers, url: request.url ?? "" });
      request.resume().on("end", () => {
        const allowed = request.headers.authorization === `Bearer ${this.token}`;
        const { status, body, type } = allowed ? this.reply : { status: 401, body: '{"error":{"code":"unauthorized","message":"no valid bearer token","requestId":"r"}}', type: "application/json" };
        response.writeHead(status, { "content-type": type, "x-request-id": "request-of-the-environment" }).end(body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

describe("client: a fallback", () => {
  let endpoint: FixtureServer;
  let fallback: EnvironmentServer;
  let outputs: StackOutputs;
  beforeEach(async () => {
    fallback = new EnvironmentServer();
    outputs = withFallback(velibOutputs(), await fallback.start());
    endpoint = await startFixtureServer(() => outputs);
  });
  afterEach(() => Promise.all([endpoint.close(), fallback.close()]));

  let tokenReads: [string, string][];
  const velib = async (failover: { failures?: number; probeAfterMs?: number } = {}) => {
    tokenReads = [];
    const token = async (arn: string, region: string): Promise<string> => (tokenReads.push([arn, region]), fallback.token);
    return (await connect({ local: endpoint.url, token, failover }))["velib-lstm"];
  };
  const quick = { retries: 0 };

  it("is left alone while the endpoint answers, and so is its token", async () => {
    endpoint.answer(json(200, velibResponse));
    const { servedBy } = await (await velib()).answer(velibRequest);
    assert.equal(servedBy, "endpoint");
    assert.deepEqual([fallback.calls, tokenReads], [[], []]);
  });

  it("answers when the endpoint does not, and says so", async () => {
    endpoint.answer(hangUp);
    const answer = await (await velib()).answer(velibRequest, quick);
    assert.deepEqual(answer.response, velibResponse);
    assert.deepEqual([answer.servedBy, answer.variant, answer.requestId], ["fallback", "v3", "request-of-the-environment"]);
    const [call] = fallback.calls;
    assert.deepEqual([call!.url, call!.headers["content-type"], call!.headers.authorization], ["/invocations", "application/json", `Bearer ${fallback.token}`]);
  });

  it("reads its token once, from the secret in the outputs", async () => {
    endpoint.answer(down);
    const model = await velib();
    for (let call = 0; call < 3; call += 1) await model.invoke(velibRequest, quick);
    assert.deepEqual(tokenReads, [[secretArn, "eu-west-3"]]);
  });

  for (const [what, reply] of Object.entries({ busy, down, gone: awsError(400, "ValidationError", { Message: 'Endpoint velib-lstm-dev of account "1" not found.' }), "not JSON": json(200, "<html>") })) {
    it(`takes over where the endpoint is ${what}`, async () => {
      endpoint.answer(reply);
      assert.equal((await (await velib()).answer(velibRequest, quick)).servedBy, "fallback");
    });
  }

  it("takes over where the endpoint hangs", async () => {
    endpoint.answer(hang);
    assert.equal((await (await velib()).answer(velibRequest, { timeoutMs: 300 })).servedBy, "fallback");
  });

  it("never sees what the caller must mend", async () => {
    const model = await velib();
    for (const [reply, code] of [
      [containerError(400, { code: "validation-failed", message: "must be <= 23", path: "/hour", requestId: "r" }), "validation-failed"],
      [awsError(403, "AccessDeniedException", { Message: "no" }), "access-denied"],
      [awsError(413, "", { Message: "large" }), "body-too-large"],
    ] as const) {
      endpoint.answer(reply);
      assert.equal((await rejection(model.invoke(velibRequest, quick))).code, code);
    }
    assert.deepEqual(fallback.calls, []);
  });

  it("is not for a variant asked for by name", async () => {
    endpoint.answer(down);
    assert.equal((await rejection((await velib()).invoke(velibRequest, { ...quick, variant: "v3" }))).code, "service-failed");
    assert.deepEqual(fallback.calls, []);
  });

  it("leaves the endpoint's error where it fails too, with its own as the cause", async () => {
    endpoint.answer(busy);
    fallback.reply = { status: 502, body: "<html>502 Bad Gateway</html>", type: "text/html" };
    const error = await rejection((await velib()).invoke(velibRequest, quick));
    assert.deepEqual([error.code, error.endpoint, error.requestId], ["overloaded", "velib-lstm-dev", "r"]);
    assert.match(error.message, /^velib-lstm: full$/);
    const { cause } = error;
    assert.ok(cause instanceof SlipwayError);
    assert.deepEqual([cause.code, cause.endpoint, cause.status], ["service-failed", "velib-lstm-fallback", 502]);
  });

  it("reads a token again that was changed, and gives up on one that is wrong", async () => {
    endpoint.answer(down);
    const model = await velib();
    await model.invoke(velibRequest, quick);
    fallback.token = "another-token-by-now";
    await model.invoke(velibRequest, quick);
    assert.equal(tokenReads.length, 2);
    const wrong = (await connect({ local: endpoint.url, token: async () => "never-the-right-one" }))["velib-lstm"];
    const error = await rejection(wrong.invoke(velibRequest, quick));
    assert.equal((error.cause as SlipwayError).code, "unauthorized");
    assert.ok(!JSON.stringify([error.message, String(error.cause)]).includes("never-the-right-one"));
  });

  it("says when its token cannot be read", async () => {
    endpoint.answer(down);
    const model = (await connect({ local: endpoint.url, token: () => Promise.reject(new Error("no such secret")) }))["velib-lstm"];
    const { code, cause } = await rejection(model.invoke(velibRequest, quick));
    assert.deepEqual([code, (cause as SlipwayError).code], ["service-failed", "token-unavailable"]);
  });

  it("answers at once after several failures in a row, until a probe finds the endpoint back", async () => {
    endpoint.answer(down);
    const model = await velib({ failures: 2, probeAfterMs: 40 });
    for (let call = 0; call < 4; call += 1) assert.equal((await model.answer(velibRequest, quick)).servedBy, "fallback");
    assert.equal(endpoint.calls.length, 2, "an open circuit asks the endpoint nothing");

    // The first probe finds it down still; the circuit stays open for as long again.
    await passed(40);
    assert.equal((await model.answer(velibRequest, quick)).servedBy, "fallback");
    assert.equal((await model.answer(velibRequest, quick)).servedBy, "fallback");
    assert.equal(endpoint.calls.length, 3);

    endpoint.answer(json(200, velibResponse));
    await passed(40);
    assert.equal((await model.answer(velibRequest, quick)).servedBy, "endpoint");
    assert.equal((await model.answer(velibRequest, quick)).servedBy, "endpoint");
  });

  it("is not opened by what the caller must mend", async () => {
    endpoint.answer(containerError(400, { code: "validation-failed", message: "no", requestId: "r" }));
    const model = await velib({ failures: 1 });
    for (let call = 0; call < 3; call += 1) assert.equal((await rejection(model.invoke(velibRequest, quick))).code, "validation-failed");
    assert.equal(endpoint.calls.length, 3);
  });

  it("takes sensible settings only", async () => {
    for (const failover of [{ failures: 0 }, { failures: 1.5 }, { probeAfterMs: 0 }, { probeAfterMs: Infinity }]) assert.equal((await rejection(velib(failover))).code, "option-invalid");
  });

  it("must be whole in the outputs", async () => {
    const without = structuredClone(outputs) as unknown as { models: { "velib-lstm": { fallback: { url?: string } } } };
    without.models["velib-lstm"].fallback.url = "not an address";
    assert.match((await rejection(connect({ outputs: without as never }))).message, /models\.velib-lstm\.fallback\.url is not a web address/);
  });
});

describe("client: a model served by an environment", () => {
  it("is called with its token, and tells the container's errors apart", async () => {
    const server = new EnvironmentServer();
    const url = await server.start();
    try {
      const outputs = withFallback(velibOutputs(), url);
      const { fallback, ...model } = outputs.models["velib-lstm"]!;
      const served = { ...outputs, models: { "velib-lstm": { ...model, serving: { beanstalk: fallback! } } } };
      const velib = (await connect({ outputs: served, token: async () => server.token }))["velib-lstm"];
      const { servedBy, variant } = await velib.answer(velibRequest, { variant: "v3" });
      assert.deepEqual([servedBy, variant], ["environment", "v3"]);
      assert.equal((await rejection(velib.invoke(velibRequest, { variant: "v9" }))).code, "unknown-variant");

      server.reply = { status: 400, body: '{"error":{"code":"validation-failed","message":"must be <= 23","path":"/hour","requestId":"r"}}', type: "application/json" };
      const refused = await rejection(velib.invoke(velibRequest));
      assert.deepEqual([refused.code, refused.path, refused.status], ["validation-failed", "/hour", 400]);
      server.reply = { status: 413, body: "<html>", type: "text/html" };
      assert.equal((await rejection(velib.invoke(velibRequest))).code, "body-too-large");
    } finally {
      await server.close();
    }
    assert.ok(server.calls.length >= 3);
  });
});

function withFallback(outputs: StackOutputs, url: string): StackOutputs {
  const model = outputs.models["velib-lstm"]!;
  return { ...outputs, models: { "velib-lstm": { ...model, fallback: { environmentName: "velib-lstm-fallback", url, tokenSecretArn: secretArn, version: "v3" } } } };
}

/** A little longer than the circuit stays open: early is what would fail, late does no harm. */
const passed = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds + 20));
