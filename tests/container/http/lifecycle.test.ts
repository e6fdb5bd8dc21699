import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { writeArtifact, writeSlowArtifact } from "../support/artifacts";
import { build, example, extractDemo, invoke, launch, start, temporaryFolder, until } from "../support/container";

describe("a container's life", () => {
  it("listens before the model is ready, and says so on /ping and /invocations", async () => {
    const served = await start({ modelDirectory: await extractDemo(temporaryFolder()) });
    const events = (): string[] => served.log.map(({ event }) => event);
    await served.ready();
    await until(() => events().includes("ready") && events().includes("listening"));
    assert.equal(events()[0], "starting");
    assert.equal(served.log.find(({ event }) => event === "listening")!.port, served.port);
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  it("on SIGTERM finishes what it took, takes no more, and exits with 0", async () => {
    const served = await start({ modelDirectory: writeSlowArtifact(temporaryFolder()) });
    await served.ready();
    const replies = Promise.all(Array.from({ length: 6 }, () => invoke(served, example.request)));
    await until(() => served.log.some(({ event }) => event === "request")); // one is answered: the others wait
    served.child.kill("SIGTERM");
    await until(() => served.log.some(({ event }) => event === "draining"));
    await assert.rejects(fetch(`${served.url}/ping`), "no new connection is accepted");
    for (const reply of await replies) assert.equal(reply.status, 200);
    assert.equal(await served.exited, 0);
    assert.equal(served.log.at(-1)!.event, "drained");
  });

  it("on SIGTERM refuses a request that was still arriving, in words, and closes its connection", async () => {
    const served = await start({ modelDirectory: await extractDemo(temporaryFolder()) });
    await served.ready();
    const body = JSON.stringify(example.request);
    const socket = connect(served.port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.write(`POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`);
    await invoke(served, example.request); // the server has read what came before
    served.child.kill("SIGTERM");
    await until(() => served.log.some(({ event }) => event === "draining"));
    socket.write(body);
    await once(socket, "close");
    for (const part of [/^HTTP\/1\.1 503 /, /\r\nretry-after: 1\r\n/i, /\r\nconnection: close\r\n/i, /"code":"draining"/]) assert.match(answer, part);
    assert.equal(await served.exited, 0);
  });

  it("writes nothing to disk: onnxruntime keeps no id, reports to nobody", async () => {
    const home = temporaryFolder();
    const served = await start({ modelDirectory: await extractDemo(temporaryFolder()), environment: { HOME: home, XDG_CACHE_HOME: join(home, "cache"), TMPDIR: home } });
    await served.ready();
    assert.equal((await invoke(served, example.request)).status, 200);
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
    assert.deepEqual(readdirSync(home), []);
  });

  it("drains when its parent process goes away", async () => {
    const served = await start({ modelDirectory: await extractDemo(temporaryFolder()) });
    await served.ready();
    served.child.disconnect();
    assert.equal(await served.exited, 0);
  });
});

describe("a container that cannot serve", () => {
  const failing = async (modelDirectory: string, change: Parameters<typeof launch>[0]["spec"] = {}, environment: Record<string, string> = {}) => {
    const { child, log, exited } = launch({ serveFile: (await build()).serve, modelDirectory, spec: change, environment });
    const told: unknown[] = [];
    child.on("message", (message: { type: string }) => message.type === "failed" && told.push(message));
    const exitCode = await exited;
    const line = log.at(-1)!;
    assert.deepEqual([line.event, line.level], ["cannot-serve", "fatal"]);
    assert.deepEqual(told, [{ type: "failed", code: line.code, message: line.message }]);
    assert.ok(!log.some(({ event }) => event === "ready"));
    return { exitCode, code: line.code, message: String(line.message) };
  };

  it("names the file with a flipped byte, and exits with 65", async () => {
    const folder = await extractDemo(temporaryFolder());
    const file = join(folder, "stations.json");
    const bytes = readFileSync(file);
    bytes[100]! ^= 1;
    writeFileSync(file, bytes);
    const { exitCode, code, message } = await failing(folder);
    assert.deepEqual([exitCode, code], [65, "artifact-corrupt"]);
    assert.match(message, /^stations\.json has sha256/);
  });

  it("says that an intact file is no network, and exits with 65", async () => {
    const files = { "model.onnx": "not a network", "scaler.json": '{"mean":1,"scale":1}', "stations.json": "{}" };
    const { exitCode, code } = await failing(writeArtifact(temporaryFolder(), files));
    assert.deepEqual([exitCode, code], [65, "artifact-unloadable"]);
  });

  it("says that the artifact is for another runtime", async () => {
    const { code, message } = await failing(writeArtifact(temporaryFolder(), {}, { runtime: "clip-embed", roles: {} }));
    assert.equal(code, "artifact-manifest-invalid");
    assert.match(message, /"clip-embed"; the spec asks for "forecast"/);
  });

  it("refuses a spec it cannot follow, and exits with 78", async () => {
    const folder = temporaryFolder();
    assert.deepEqual((await failing(folder, { specVersion: 2 as 1 })).code, "spec-version-unknown");
    assert.deepEqual((await failing(folder, { runtime: "elsewhere" as "forecast" })).code, "runtime-unknown");
    const { exitCode, code } = await failing(folder, {}, { SLIPWAY_SPEC_0: "{" });
    assert.deepEqual([exitCode, code], [78, "spec-invalid"]);
  });

  it("says that its port is taken or no port", async () => {
    const folder = await extractDemo(temporaryFolder());
    const first = await start({ modelDirectory: folder });
    const second = await failing(folder, {}, { SAGEMAKER_BIND_TO_PORT: String(first.port) });
    assert.equal(second.exitCode, 70);
    assert.match(second.message, /EADDRINUSE/);
    assert.match((await failing(folder, {}, { SAGEMAKER_BIND_TO_PORT: "eighty" })).message, /SAGEMAKER_BIND_TO_PORT/);
    first.child.kill("SIGTERM");
    await first.exited;
  });
});
