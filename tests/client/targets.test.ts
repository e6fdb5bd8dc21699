import assert from "node:assert/strict";
import { connect, type ModelClient } from "../../client";
import type { StackOutputs } from "../../contract/outputs";
import { modelsFile, type TypedModel } from "../../cli/types/models-file";
import { awsError, json, startFixtureServer, type FixtureServer } from "./fixture-server";
import { slipway } from "./run";
import { rejection, velibRequest, velibResponse } from "./support";

const targets = { v3: "v3-333333333333.tar.gz", v4: "v4-444444444444.tar.gz" };

const several = (outputs: StackOutputs): StackOutputs => {
  const velib = outputs.models["velib-lstm"]!;
  const multiModel = { endpointName: "velib-lstm-dev", endpointConfigName: "velib-lstm-dev-0", variants: ["all"], targets };
  return { ...outputs, models: { ...outputs.models, "velib-lstm": { ...velib, version: "v3", serving: { multiModel } } } };
};

describe("client: versions behind one endpoint", () => {
  let server: FixtureServer;
  beforeEach(async () => {
    server = await startFixtureServer(several);
    server.answer(json(200, velibResponse, { "x-amzn-invoked-production-variant": "all" }));
  });
  afterEach(() => server.close());

  const velib = async () => {
    const contracts = { "velib-lstm": { sha256: server.outputs.models["velib-lstm"]!.contractSha256 } };
    return (await connect<{ "velib-lstm": { request: typeof velibRequest; response: typeof velibResponse; target: "v3" | "v4" } }>({ local: server.url, contracts }))["velib-lstm"];
  };
  const asked = (): unknown => server.calls.at(-1)?.headers["x-amzn-sagemaker-target-model"];

  it("asks the version that is named, by its target", async () => {
    const answer = await (await velib()).answer(velibRequest, { target: "v4" });
    assert.deepEqual([asked(), answer.target, answer.variant], [targets.v4, "v4", "all"]);
  });

  it("asks the version that has the traffic where none is named", async () => {
    const answer = await (await velib()).answer(velibRequest);
    assert.deepEqual([asked(), answer.target], [targets.v3, "v3"]);
  });

  it("refuses a version that is not there, before any call", async () => {
    const error = await rejection((await velib()).invoke(velibRequest, { target: "v9" as "v3" }));
    assert.equal(error.code, "unknown-target");
    assert.match(error.message, /"v9".*v3, v4/);
    assert.equal(server.calls.length, 0);
  });

  it("says that SageMaker found no object for the target", async () => {
    server.answer(awsError(400, "ValidationError", { Message: "Failed to download model data(bucket: example-data, key: v4.tar.gz). Please ensure that there is an object located at the URL" }));
    assert.equal((await rejection((await velib()).invoke(velibRequest, { target: "v4" }))).code, "unknown-target");
  });

  it("does the same from the command line, and says which version answered", async () => {
    const { code, stderr } = await slipway(["invoke", "velib-lstm", "-f", "-", "--local", server.url, "--target", "v4"], { input: JSON.stringify(velibRequest) });
    assert.equal(code, 0, stderr);
    assert.equal(asked(), targets.v4);
    assert.match(stderr, /velib-lstm {2}v4 · /);
  });

  it("types the versions of such a model, and of no other", async () => {
    const model = (name: string, more: Partial<TypedModel> = {}): TypedModel => ({
      name,
      description: "An example.",
      contract: { file: "", sha256: "00", request: { type: "object" }, response: { type: "object" }, examples: [] },
      ...more,
    });
    const text = await modelsFile([model("one"), model("several", { targets: ["v3", "v4"] })]);
    assert.match(text, /"several": \{ request: SeveralRequest; response: SeveralResponse; target: "v3" \| "v4" \};/);
    assert.match(text, /"one": \{ request: OneRequest; response: OneResponse \};/);
  });
});

describe("client: versions behind one endpoint, beside the one that has the traffic", () => {
  it("asks the first where a version is named, and the other where none is", async () => {
    const server = await startFixtureServer((outputs) => {
      const both = several(outputs).models["velib-lstm"]!;
      const { serverless } = outputs.models["velib-lstm"]!.serving;
      const multiModel = { ...both.serving.multiModel!, endpointName: "velib-lstm-dev-versions" };
      return { ...outputs, models: { ...outputs.models, "velib-lstm": { ...both, serving: { serverless, multiModel } } } };
    });
    try {
      server.answer(json(200, velibResponse, { "x-amzn-invoked-production-variant": "v3" }));
      const velib = (await connect({ local: server.url, onContractMismatch: "ignore" }))["velib-lstm"] as ModelClient<unknown, unknown, string>;
      const asked = () => [server.calls.at(-1)!.endpoint, server.calls.at(-1)!.headers["x-amzn-sagemaker-target-model"]];
      await velib.answer(velibRequest);
      assert.deepEqual(asked(), ["velib-lstm-dev", undefined]);
      await velib.answer(velibRequest, { target: "v4" });
      assert.deepEqual(asked(), ["velib-lstm-dev-versions", targets.v4]);
      assert.equal((await rejection(velib.answer(velibRequest, { target: "v9" }))).code, "unknown-target");
    } finally {
      await server.close();
    }
  });
});

describe("client: a target where versions share no endpoint", () => {
  it("is refused, before any call", async () => {
    const server = await startFixtureServer();
    try {
      const velib = (await connect({ local: server.url }))["velib-lstm"];
      const error = await rejection(velib.invoke(velibRequest, { target: "v3" as never }));
      assert.equal(error.code, "unknown-target");
      assert.equal(server.calls.length, 0);
    } finally {
      await server.close();
    }
  });
});
