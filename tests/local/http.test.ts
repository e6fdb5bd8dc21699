import assert from "node:assert/strict";
import http from "node:http";
import { Machine } from "./fixtures/machine";

interface Raw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

describe("local HTTP", () => {
  let machine: Machine;
  before(async () => {
    machine = await Machine.start();
    await machine.serve("raw");
  });
  after(() => machine.close());

  // Not fetch: it does not let a caller set Host or Origin.
  function send(method: string, path: string, headers: http.OutgoingHttpHeaders, body = ""): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const request = http.request({ host: "127.0.0.1", port: machine.sagemaker.port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }));
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  it("listens on loopback alone", () => {
    const { address } = (machine.sagemaker as unknown as { app: { server: http.Server } }).app.server.address() as { address: string };
    assert.equal(address, "127.0.0.1");
  });

  it("refuses a foreign Host on every route, and a foreign Origin on calls", async () => {
    for (const [method, path] of [["GET", "/slipway/logs/raw"], ["POST", "/"], ["POST", "/endpoints/raw/invocations"]] as const) {
      assert.equal((await send(method, path, { host: "rebound.example" })).status, 403);
    }
    const foreign = await send("POST", "/endpoints/raw/invocations", { origin: "http://evil.example", "content-type": "text/plain" }, "{}");
    assert.equal(foreign.status, 403);
    const own = `http://127.0.0.1:${machine.sagemaker.port}`;
    assert.equal((await send("POST", "/endpoints/raw/invocations", { origin: own, "content-type": "application/json" }, "{}")).status, 200);
  });

  it("allows no other origin to read an answer", async () => {
    const { headers } = await send("POST", "/endpoints/raw/invocations", {}, "{}");
    assert.equal(headers["access-control-allow-origin"], undefined);
  });

  it("takes a body without a content type, as curl and SDKs may send it", async () => {
    const { status, body } = await send("POST", "/endpoints/raw/invocations", {}, "{}");
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as { headers: Record<string, string> }).headers["content-type"], "application/octet-stream");
  });

  it("speaks JSON 1.1 on the control plane: type, request id, seconds", async () => {
    const target = (operation: string) => ({ "x-amz-target": `SageMaker.${operation}`, "content-type": "application/x-amz-json-1.1" });
    const described = await send("POST", "/", target("DescribeEndpoint"), '{"EndpointName":"raw"}');
    assert.equal(described.headers["content-type"], "application/x-amz-json-1.1");
    assert.match(String(described.headers["x-amzn-requestid"]), /^[0-9a-f-]{36}$/);
    const { CreationTime } = JSON.parse(described.body) as { CreationTime: number };
    assert.ok(Math.abs(CreationTime - Date.now() / 1000) < 600);

    const bad = await send("POST", "/", target("DescribeEndpoint"), "{");
    assert.equal(bad.status, 400);
    assert.equal((JSON.parse(bad.body) as { __type: string }).__type, "SerializationException");
    const wrongType = await send("POST", "/", target("DescribeEndpoint"), '{"EndpointName":7}');
    assert.match(wrongType.body, /SerializationException.*'endpointName' must be a string, and is a number/);
    assert.equal((await send("POST", "/", {}, "{}")).status, 400);
    assert.equal((await send("POST", "/", target("toString"), "{}")).status, 400);
  });

  it("shows the containers' logs", async () => {
    await machine.serve("talks", {}, machine.environment({}, { FIXTURE: "healthy" }));
    assert.equal((await send("GET", "/slipway/logs/talks", {})).status, 200);
    assert.equal((await send("GET", "/slipway/logs/absent", {})).status, 404);
  });
});
