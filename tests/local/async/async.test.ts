import { DeleteEndpointCommand } from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { alive, Machine, until } from "../fixtures/machine";

const fast = { wakeMs: 50, outMs: 50, idleMs: 300 };

describe("async endpoints, through the AWS SDK", function () {
  this.timeout(60_000);
  let machine: Machine;
  before(async () => {
    machine = await Machine.start({ scaling: fast });
    await machine.serveAsync("queued");
  });
  after(() => machine?.close());

  const refused = (promise: Promise<unknown>, message: RegExp) => assert.rejects(promise, (error: Error) => error.name === "ValidationError" && message.test(error.message));
  const queue = (name = "queued") => machine.sagemaker.queues.view(name)!;

  it("reads a request from S3 and puts its answer there", async () => {
    await machine.putObject("input/one.json", { hello: 1 });
    const accepted = await machine.invokeAsync("queued", undefined, { InputLocation: "s3://example-async/input/one.json", InferenceId: "one", CustomAttributes: "trace=7" });
    assert.equal(accepted.$metadata.httpStatusCode, 202);
    assert.equal(accepted.InferenceId, "one");
    assert.match(accepted.OutputLocation!, /^s3:\/\/example-async\/output\/[0-9a-f-]{36}\.out$/);
    assert.match(accepted.FailureLocation!, /^s3:\/\/example-async\/failure\/[0-9a-f-]{36}-error\.out$/);
    const answer = JSON.parse(await machine.appears(accepted.OutputLocation!));
    assert.equal(answer.length, '{"hello":1}'.length);
    assert.deepEqual(
      ["x-amzn-sagemaker-inference-id", "x-amzn-sagemaker-custom-attributes", "content-type"].map((name) => answer.headers[name]),
      ["one", "trace=7", "application/json"],
    );
    assert.equal(await machine.object(accepted.FailureLocation!), undefined);
  });

  it("takes a small request in the call itself, and a name for its answer", async () => {
    const { OutputLocation, FailureLocation } = await machine.invokeAsync("queued", { inline: true }, { S3OutputPathExtension: "tenants/7", Filename: "a.json" });
    assert.deepEqual([OutputLocation, FailureLocation], ["s3://example-async/output/tenants/7/a.json", "s3://example-async/failure/tenants/7/a.json-error.out"]);
    assert.equal(JSON.parse(await machine.appears(OutputLocation!)).length, '{"inline":true}'.length);
  });

  it("puts what went wrong where failures go, and says so", async () => {
    const wrong = await machine.invokeAsync("queued", { status: 400 }, { InferenceId: "wrong" });
    assert.match(await machine.appears(wrong.FailureLocation!), /answered 400 as asked/);
    const lost = await machine.invokeAsync("queued", undefined, { InputLocation: "s3://example-async/input/absent.json", InferenceId: "lost" });
    assert.match(await machine.appears(lost.FailureLocation!), /Error downloading s3 payload/);
    const late = await machine.invokeAsync("queued", { sleepMs: 5000 }, { InvocationTimeoutSeconds: 1, InferenceId: "late" });
    assert.match(await machine.appears(late.FailureLocation!), /InvocationTimeoutSeconds, which is 1/);
    await until(() => ["wrong", "lost", "late"].every((id) => queue().notifications.some(({ message }) => message.inferenceId === id)));
    const { topicArn, message } = queue().notifications.find((each) => each.message.inferenceId === "wrong")!;
    assert.equal(topicArn, "arn:aws:sns:eu-west-3:111122223333:queued-error");
    assert.deepEqual(
      [message.invocationStatus, message.eventName, message.requestParameters.endpointName, message.responseParameters.outputLocation],
      ["Failed", "InferenceResult", "queued", wrong.FailureLocation],
    );
    const { topicArn: success } = queue().notifications.find((each) => each.message.inferenceId === "one")!;
    assert.equal(success, "arn:aws:sns:eu-west-3:111122223333:queued-success");
  });

  it("refuses what the service refuses", async () => {
    await refused(machine.invokeAsync("queued", undefined), /Exactly one of InputLocation and Body/);
    await refused(machine.invokeAsync("queued", "both", { InputLocation: "s3://example-async/x" }), /Exactly one/);
    await refused(machine.invokeAsync("queued", "x".repeat(128_000)), /at most 128000 bytes/);
    await refused(machine.invokeAsync("queued", undefined, { InputLocation: "https://example.com/x" }), /s3:\/\/bucket\/key/);
    await refused(machine.invokeAsync("queued", {}, { RequestTTLSeconds: 59 }), /RequestTTLSeconds must be a whole number from 60 to 21600/);
    await refused(machine.invokeAsync("queued", {}, { InvocationTimeoutSeconds: 3601 }), /from 1 to 3600/);
    await refused(machine.invokeAsync("absent", {}), /Endpoint absent of account 111122223333 not found/);
  });

  it("takes no other call than its own, and the other way round", async () => {
    await refused(machine.invoke("queued"), /call it with InvokeEndpointAsync/);
    await machine.serve("plain");
    await refused(machine.invokeAsync("plain", {}), /call it with InvokeEndpoint\./);
  });

  it("works on no more requests at once than it was told", async () => {
    await machine.serveAsync("narrow", { concurrency: 2 });
    const accepted = await Promise.all(Array.from({ length: 6 }, () => machine.invokeAsync("narrow", { sleepMs: 60 })));
    let most = 0;
    await until(() => {
      most = Math.max(most, queue("narrow").inFlight);
      return queue("narrow").completed === 6;
    });
    assert.ok(most <= 2, `${most} at once`);
    for (const { OutputLocation } of accepted) assert.ok(await machine.object(OutputLocation!));
  });

  it("loses no request when a container is killed, and gives up on one that kills every container", async () => {
    await machine.serveAsync("fragile", { concurrency: 1 });
    const good = await Promise.all(Array.from({ length: 3 }, () => machine.invokeAsync("fragile", { sleepMs: 80 })));
    await until(() => queue("fragile").inFlight === 1);
    process.kill(machine.sagemaker.context.endpoints.get("fragile")!.fleet!.variants[0]!.containers[0]!.pid!, "SIGKILL");
    for (const { OutputLocation } of good) await machine.appears(OutputLocation!);
    const bad = await machine.invokeAsync("fragile", { crash: true });
    const after = await machine.invokeAsync("fragile", { fine: true });
    assert.match(await machine.appears(bad.FailureLocation!), /ended 3 times/);
    await machine.appears(after.OutputLocation!);
  });

  it("sleeps when nothing waits, and wakes for one request", async () => {
    await machine.serveAsync("sleepy");
    const endpoint = machine.sagemaker.context.endpoints.get("sleepy")!;
    const pid = endpoint.fleet!.variants[0]!.containers[0]!.pid!;
    machine.sagemaker.autoscaler.register({ endpointName: "sleepy", variantName: "v1", minimum: 0, maximum: 2, backlogPerInstance: 5, wakes: true });
    await until(() => endpoint.fleet!.variants[0]!.containers.length === 0 && endpoint.status === "InService");
    assert.ok(!alive(pid), "the process has ended");
    const { OutputLocation } = await machine.invokeAsync("sleepy", { hello: 1 });
    assert.notEqual(JSON.parse(await machine.appears(OutputLocation!)).pid, pid);
  });

  it("stays asleep without a step to wake it, until more wait than the target", async () => {
    await machine.serveAsync("deaf");
    const endpoint = machine.sagemaker.context.endpoints.get("deaf")!;
    machine.sagemaker.autoscaler.register({ endpointName: "deaf", variantName: "v1", minimum: 0, maximum: 2, backlogPerInstance: 2, wakes: false });
    await until(() => endpoint.fleet!.variants[0]!.containers.length === 0 && endpoint.status === "InService");
    await machine.invokeAsync("deaf", {});
    await machine.invokeAsync("deaf", {});
    // Long enough for several looks at the backlog.
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.deepEqual([queue("deaf").waiting, endpoint.fleet!.variants[0]!.containers.length], [2, 0]);
    await machine.invokeAsync("deaf", {});
    await until(() => queue("deaf").completed === 3);
  });

  it("goes with its endpoint", async () => {
    await machine.serveAsync("gone");
    await machine.control.send(new DeleteEndpointCommand({ EndpointName: "gone" }));
    await until(() => machine.sagemaker.queues.of("gone") === undefined);
    await refused(machine.invokeAsync("gone", {}), /not found/);
  });
});

describe("an async queue over a restart of the machine", function () {
  this.timeout(30_000);
  let data: string;
  before(async () => (data = await mkdtemp(path.join(tmpdir(), "slipway-async-"))));
  after(() => rm(data, { recursive: true, force: true }));

  it("answers everything that was accepted", async () => {
    const first = await Machine.start({ data });
    await first.serveAsync("lasting", { concurrency: 1 });
    const accepted = await Promise.all(Array.from({ length: 4 }, (_, n) => first.invokeAsync("lasting", { n, sleepMs: 150 })));
    await first.close();
    const [folder] = await readdir(path.join(data, "queues"));
    assert.ok((await readdir(path.join(data, "queues", folder!))).length >= 2, "some still wait");

    const second = await Machine.start({ data });
    try {
      await second.serveAsync("lasting", { concurrency: 4 });
      for (const { OutputLocation } of accepted) await second.appears(OutputLocation!);
    } finally {
      await second.close();
    }
  });
});
