import { UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, ModelError } from "@aws-sdk/client-sagemaker-runtime";
import assert from "node:assert/strict";
import { alive, Machine, until } from "./fixtures/machine";

describe("local runtime, through the AWS SDK", () => {
  let machine: Machine;
  before(async () => {
    machine = await Machine.start();
    await Promise.all([
      machine.serve("plain"),
      machine.serve("serverless", { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } }),
    ]);
  });
  after(() => machine.close());

  it("answers, naming the variant and handing attributes on both ways", async () => {
    const output = await machine.invoke("plain", {}, { CustomAttributes: "trace=7", InferenceId: "one", Accept: "application/json" });
    assert.equal(output.InvokedProductionVariant, "v1");
    assert.equal(output.ContentType, "application/json");
    assert.equal(output.CustomAttributes, "trace=7");
    assert.equal(output.json.headers["accept"], "application/json");
    assert.equal(output.json.headers["x-amzn-sagemaker-inference-id"], "one");
  });

  it("gives the container no credential, no header of the signature, and no setting of AWS", async () => {
    const { json } = await machine.invoke("plain");
    assert.deepEqual(json.environment.filter((name: string) => /^AWS/i.test(name)), []);
    assert.deepEqual(Object.keys(json.headers).filter((name) => /authorization|x-amz-date|user-agent/.test(name)), []);
    assert.ok(json.environment.includes("SLIPWAY_MODEL_DIR"));
  });

  it("splits the traffic by weight; a weight of 0 gets nothing but a named call", async () => {
    await machine.createModel("split");
    await machine.createConfig(
      "split",
      { VariantName: "v4", ModelName: "split", InitialVariantWeight: 0.9 },
      { VariantName: "v5", ModelName: "split", InitialVariantWeight: 0.1 },
      { VariantName: "v6", ModelName: "split", InitialVariantWeight: 0 },
    );
    await machine.createEndpoint("split", "split");
    await machine.settled("split");
    const counts: Record<string, number> = {};
    for (let call = 0; call < 100; call += 1) {
      const { InvokedProductionVariant } = await machine.invoke("split");
      counts[InvokedProductionVariant!] = (counts[InvokedProductionVariant!] ?? 0) + 1;
    }
    assert.deepEqual(counts, { v4: 90, v5: 10 });
    assert.equal((await machine.invoke("split", {}, { TargetVariant: "v6" })).InvokedProductionVariant, "v6");
    await assert.rejects(machine.invoke("split", {}, { TargetVariant: "v7" }), { name: "ValidationError" });
  });

  it("turns an error of the container into a ModelError with all its members", async () => {
    for (const [status, side] of [[400, "client"], [503, "server"]] as const) {
      await assert.rejects(machine.invoke("plain", { status }), (error) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.$metadata.httpStatusCode, 424);
        assert.equal(error.OriginalStatusCode, status);
        assert.equal(JSON.parse(error.OriginalMessage!).error.message, `answered ${status} as asked`);
        assert.equal(error.LogStreamArn, "arn:aws:logs:eu-west-3:111122223333:log-group:/aws/sagemaker/Endpoints/plain");
        assert.match(error.message, new RegExp(`^Received ${side} error \\(${status}\\) from primary with message`));
        return true;
      });
    }
  });

  it("refuses a body over 6 MiB, and over 4 MiB on serverless", async () => {
    const bytes = (count: number) => new Uint8Array(count).fill(32);
    assert.equal((await machine.invoke("plain", bytes(6_291_456))).json.length, 6_291_456);
    await assert.rejects(machine.invoke("plain", bytes(6_291_457)), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(error.$metadata.httpStatusCode, 413);
      assert.equal(error.message, "HTTP content length exceeded 6291456 bytes.");
      return true;
    });
    assert.equal((await machine.invoke("serverless", bytes(4 * 1024 ** 2))).json.length, 4 * 1024 ** 2);
    await assert.rejects(machine.invoke("serverless", bytes(4 * 1024 ** 2 + 1)), { name: "ValidationError", message: /has oversize body/ });
  });

  it("throttles serverless beyond its concurrency", async () => {
    const inFlight = [machine.invoke("serverless", { sleepMs: 400 }), machine.invoke("serverless", { sleepMs: 400 })];
    await until(() => machine.sagemaker.context.endpoints.get("serverless")!.fleet!.variants[0]!.outstanding === 2);
    await assert.rejects(machine.invoke("serverless"), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(error.name, "ThrottlingException");
      assert.equal(error.$metadata.httpStatusCode, 429);
      return true;
    });
    await Promise.all(inFlight);
    assert.equal((await machine.invoke("serverless")).$metadata.httpStatusCode, 200);
  });

  it("says that an endpoint is unknown, or not ready yet", async () => {
    await assert.rejects(machine.invoke("absent"), { name: "ValidationError", message: "Endpoint absent of account 111122223333 not found." });
    await machine.createModel("loading", machine.environment({}, { FIXTURE: "slow" }));
    await machine.createConfig("loading", { VariantName: "v1", ModelName: "loading" });
    await machine.createEndpoint("loading", "loading");
    await assert.rejects(machine.invoke("loading"), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(error.name, "ModelNotReadyException");
      assert.equal(error.$metadata.httpStatusCode, 429);
      return true;
    });
    await machine.settled("loading");
    await machine.invoke("loading");
  });

  it("counts what happened, per variant", async () => {
    await machine.serve("counted");
    await machine.invoke("counted");
    await assert.rejects(machine.invoke("counted", { status: 400 }));
    await assert.rejects(machine.invoke("counted", { status: 500 }));
    assert.deepEqual(machine.sagemaker.metrics.total("counted", "v1"), { invocations: 3, errors4xx: 1, errors5xx: 1 });
  });
});

describe("local endpoints under failure", () => {
  let machine: Machine;
  before(async () => (machine = await Machine.start({ timings: { maxStartupMs: 2_500 } })));
  after(() => machine.close());

  const update = (EndpointName: string, EndpointConfigName: string, RetainAllVariantProperties?: boolean) =>
    machine.control.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, RetainAllVariantProperties }));

  it("fails an endpoint whose container never becomes healthy", async () => {
    await machine.serve("never", {}, machine.environment({}, { FIXTURE: "never" }));
    const { EndpointStatus, FailureReason } = await machine.describe("never");
    assert.equal(EndpointStatus, "Failed");
    assert.match(FailureReason!, /did not pass the ping health check within 2\.5 s/);
    assert.equal(machine.sagemaker.host.containers.length, 0);
  });

  it("swaps configs in place without dropping a request", async () => {
    await machine.serve("swap", {}, machine.environment({}, { LABEL: "old" }));
    await machine.createModel("swap-new", machine.environment({}, { LABEL: "new" }));
    await machine.createConfig("swap-new", { VariantName: "v1", ModelName: "swap-new" });
    const { json: before } = await machine.invoke("swap");
    let swapped = false;
    const labels: string[] = [];
    const caller = async () => {
      while (!swapped) labels.push((await machine.invoke("swap", { sleepMs: 20 })).json.label);
    };
    const callers = [caller(), caller(), caller()];
    await update("swap", "swap-new");
    const updating = await machine.describe("swap");
    assert.equal(updating.EndpointStatus, "Updating");
    assert.equal(updating.EndpointConfigName, "swap");
    assert.equal(updating.PendingDeploymentSummary?.EndpointConfigName, "swap-new");
    const { EndpointStatus, EndpointConfigName } = await machine.settled("swap");
    await until(() => labels.at(-1) === "new");
    swapped = true;
    await Promise.all(callers);
    assert.equal(EndpointStatus, "InService");
    assert.equal(EndpointConfigName, "swap-new");
    assert.deepEqual([...new Set(labels)], ["old", "new"]);
    await until(() => !alive(before.pid));
  });

  it("rolls an update back when the new fleet is not healthy, and keeps serving the old one", async () => {
    await machine.serve("back");
    const { json } = await machine.invoke("back");
    await machine.createModel("back-bad", machine.environment({}, { FIXTURE: "never" }));
    await machine.createConfig("back-bad", { VariantName: "v1", ModelName: "back-bad" });
    await update("back", "back-bad");
    assert.equal((await machine.invoke("back")).json.pid, json.pid);
    const { EndpointStatus, EndpointConfigName, FailureReason } = await machine.settled("back");
    assert.equal(EndpointStatus, "InService");
    assert.equal(EndpointConfigName, "back");
    assert.match(FailureReason!, /did not pass the ping health check/);
    assert.equal((await machine.invoke("back")).json.pid, json.pid);
  });

  it("keeps live weights over an update that asks for it", async () => {
    await machine.createModel("kept");
    const variants = [{ VariantName: "a", ModelName: "kept" }, { VariantName: "b", ModelName: "kept" }];
    await machine.createConfig("kept-1", ...variants);
    await machine.createConfig("kept-2", ...variants);
    await machine.createEndpoint("kept", "kept-1");
    await machine.settled("kept");
    machine.sagemaker.context.endpoints.get("kept")!.updateWeightsAndCapacities([{ VariantName: "b", DesiredWeight: 7 }]);
    await machine.settled("kept");
    await update("kept", "kept-2", true);
    assert.equal((await machine.settled("kept")).ProductionVariants?.[1]?.CurrentWeight, 7);
    await update("kept", "kept-1");
    assert.equal((await machine.settled("kept")).ProductionVariants?.[1]?.CurrentWeight, 1);
  });

  it("restarts a container that crashes in mid-request, while the other instance answers", async () => {
    await machine.serve("crash", { InitialInstanceCount: 2 });
    const first = machine.sagemaker.context.endpoints.get("crash")!.fleet!.variants[0]!;
    const pids = first.containers.map(({ pid }) => pid!);
    await assert.rejects(machine.invoke("crash", { crash: true }), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.OriginalStatusCode, 0);
      assert.match(error.OriginalMessage!, /closed the connection/);
      return true;
    });
    for (let call = 0; call < 10; call += 1) assert.equal((await machine.invoke("crash")).$metadata.httpStatusCode, 200);
    await until(() => first.containers.every(({ healthy, pid }) => healthy && alive(pid!)));
    assert.equal(first.containers.filter(({ pid }) => !pids.includes(pid!)).length, 1);
  });

  it("survives kill -9 of its only container: 503 while it is away, then service again", async () => {
    await machine.serve("killed");
    const { json } = await machine.invoke("killed");
    process.kill(json.pid, "SIGKILL");
    await until(() => !machine.sagemaker.context.endpoints.get("killed")!.fleet!.variants[0]!.containers[0]!.healthy);
    await assert.rejects(machine.runtime.send(new InvokeEndpointCommand({ EndpointName: "killed", Body: Buffer.from("{}") })), { name: "ServiceUnavailable" });
    await until(() => machine.invoke("killed").then(() => true, () => false));
    assert.notEqual((await machine.invoke("killed")).json.pid, json.pid);
  });

  it("closes with everything stopped, whatever was under way", async () => {
    const closing = await Machine.start();
    await closing.serve("up");
    const { json } = await closing.invoke("up");
    await closing.createModel("starting", closing.environment({}, { FIXTURE: "never" }));
    await closing.createConfig("starting", { VariantName: "v1", ModelName: "starting" });
    await closing.createEndpoint("starting", "starting");
    await until(() => closing.sagemaker.host.containers.every(({ pid }) => pid !== undefined));
    const pids = closing.sagemaker.host.containers.map(({ pid }) => pid!);
    assert.equal(pids.length, 2);
    await closing.close();
    assert.ok(pids.includes(json.pid));
    assert.deepEqual(pids.filter(alive), []);
  });
});
