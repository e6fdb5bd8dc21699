import { InvokeEndpointWithResponseStreamCommand, ModelError, ModelStreamError, type InvokeEndpointWithResponseStreamCommandInput } from "@aws-sdk/client-sagemaker-runtime";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { build, contract, demoArtifact, example, root } from "../container/support/container";
import { Machine, until } from "./fixtures/machine";

const open = (machine: Machine, EndpointName: string, body: unknown, input: Partial<InvokeEndpointWithResponseStreamCommandInput> = {}) =>
  machine.runtime.send(new InvokeEndpointWithResponseStreamCommand({ EndpointName, Body: Buffer.from(JSON.stringify(body)), ContentType: "application/json", ...input }));

/** The pieces of a stream, as the AWS SDK takes them out of their frames. */
async function* piecesOf({ Body }: Awaited<ReturnType<typeof open>>): AsyncGenerator<string> {
  for await (const { PayloadPart } of Body!) yield Buffer.from(PayloadPart!.Bytes!).toString("utf8");
}

async function textOf(output: Awaited<ReturnType<typeof open>>): Promise<string> {
  let text = "";
  for await (const piece of piecesOf(output)) text += piece;
  return text;
}

describe("a response stream of this machine, through the AWS SDK", function () {
  this.timeout(30_000);
  let machine: Machine;
  before(async () => {
    machine = await Machine.start();
    await Promise.all([machine.serve("plain"), machine.serveAsync("queued")]);
  });
  after(() => machine.close());

  it("hands each piece on as it comes, naming variant and type", async () => {
    const output = await open(machine, "plain", { pieces: ["a\n", "b\n", "c\n"], pauseMs: 200 });
    assert.deepEqual([output.InvokedProductionVariant, output.ContentType], ["v1", "application/jsonlines"]);
    const arrived: { text: string; at: number }[] = [];
    for await (const text of piecesOf(output)) arrived.push({ text, at: performance.now() });
    assert.deepEqual(arrived.map(({ text }) => text), ["a\n", "b\n", "c\n"]);
    assert.ok(arrived[2]!.at - arrived[0]!.at > 100, "they came one after the other");
  });

  it("takes any bytes, of any length", async () => {
    const pieces = ["ü€𝄞\u0000", "x".repeat(300_000), "end"];
    assert.equal(await textOf(await open(machine, "plain", { pieces })), pieces.join(""));
  });

  it("hands Accept on, and attributes both ways", async () => {
    const output = await open(machine, "plain", {}, { Accept: "application/jsonlines", CustomAttributes: "trace=7" });
    assert.equal(output.CustomAttributes, "trace=7");
    assert.equal((JSON.parse(await textOf(output)) as { headers: Record<string, string> }).headers.accept, "application/jsonlines");
  });

  it("turns an error before the first byte into a ModelError", async () => {
    await assert.rejects(open(machine, "plain", { status: 400 }), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.OriginalStatusCode, 400);
      return true;
    });
    await assert.rejects(open(machine, "nowhere", {}), { name: "ValidationError" });
    await assert.rejects(open(machine, "plain", {}, { TargetVariant: "v9" }), { name: "ValidationError" });
    await assert.rejects(open(machine, "queued", {}), { name: "ValidationError", message: /InvokeEndpointAsync/ });
  });

  it("says in the stream that it broke off, after what had come", async () => {
    const pieces: string[] = [];
    await assert.rejects(
      async () => {
        for await (const piece of piecesOf(await open(machine, "plain", { pieces: ["a\n", "b\n"], pauseMs: 50, breaksOff: true }))) pieces.push(piece);
      },
      (error) => error instanceof ModelStreamError && error.ErrorCode === "StreamBroken",
    );
    assert.equal(pieces.join(""), "a\nb\n");
  });

  it("lets go of the instance when the caller hangs up", async () => {
    const { containers } = machine.sagemaker.context.endpoints.get("plain")!.fleet!.variant("v1")!;
    await until(() => containers.every(({ healthy }) => healthy)); // the one before broke a connection
    const hangUp = new AbortController();
    // A minute of it, were it read to its end.
    const command = new InvokeEndpointWithResponseStreamCommand({ EndpointName: "plain", Body: Buffer.from(JSON.stringify({ pieces: Array<string>(3000).fill("a\n"), pauseMs: 20 })) });
    const output = await machine.runtime.send(command, { abortSignal: hangUp.signal });
    await assert.rejects(async () => {
      for await (const piece of piecesOf(output)) {
        assert.ok(piece);
        hangUp.abort();
      }
    });
    await until(() => containers.every(({ outstanding }) => outstanding === 0));
  });
});

describe("a response stream of the real container", function () {
  this.timeout(60_000);
  let machine: Machine;
  before(async () => {
    machine = await Machine.start({ image: { script: [(await build()).serve, "serve"], runtimes: ["forecast"] }, artifacts: path.join(root, "registry/demo") });
    const sha256 = createHash("sha256").update(readFileSync(demoArtifact)).digest("hex");
    await machine.createModel("velib", machine.environment({ model: "velib-lstm", version: "v3", artifact: { uri: "s3://example-velib-models/v3/model.tar.gz", sha256 }, settings: { threads: 1 }, request: contract.request }));
    await machine.createConfig("velib", { VariantName: "v3", ModelName: "velib" });
    await machine.createEndpoint("velib", "velib");
    await machine.settled("velib");
  });
  after(() => machine.close());

  it("is a line for each request of a batch, in its order", async () => {
    const instances = Array.from({ length: 150 }, (_, n) => ({ ...example.request, station_code: String(n) }));
    const output = await open(machine, "velib", { instances }, { Accept: "application/jsonlines" });
    assert.equal(output.ContentType, "application/jsonlines");
    const lines = (await textOf(output)).trimEnd().split("\n").map((line) => JSON.parse(line) as { station_code: string; predictions: object });
    assert.deepEqual(lines.map(({ station_code }) => station_code), instances.map(({ station_code }) => station_code));
    assert.deepEqual(Object.keys(lines[0]!.predictions), ["T+1h", "T+2h", "T+3h"]);
  });

  it("is the whole answer in one piece where no lines are asked for", async () => {
    const output = await open(machine, "velib", example.request);
    assert.deepEqual((JSON.parse(await textOf(output)) as { predictions: object }).predictions, (example.response as { predictions: object }).predictions);
  });
});
