import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "../../client";
import { root, run, slipway } from "./run";
import { rejection, velibRequest } from "./support";

/** Generous: the first start on a busy machine bundles the container and compiles everything. */
const START_TIMEOUT_MS = 90_000;

describe("client: a stack that npm start runs", function () {
  this.timeout(START_TIMEOUT_MS);

  let stack: ChildProcess;
  let url: string;
  before(async () => {
    stack = spawn(process.execPath, ["--import", "tsx", "local/main.ts", "--port", "0"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    url = await addressOf(stack);
  });
  after(async () => {
    if (stack.exitCode !== null) return;
    stack.kill("SIGINT");
    await once(stack, "exit");
  });

  it("answers the example", async () => {
    const { code, stdout, stderr } = await run(["--import", "tsx", "examples/forecast.ts", url]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^T\+1h {2}\d+ bikes\nT\+2h {2}\d+ bikes\nT\+3h {2}\d+ bikes\n$/);
  });

  it("answers a typed call, by the variant that was asked for", async () => {
    const models = await connect({ local: url, onContractMismatch: "error" });
    const { response, variant, attempts } = await models["velib-lstm"].answer(velibRequest, { variant: "v3" });
    assert.equal(response.station_code, velibRequest.station_code);
    assert.ok(Object.values(response.predictions).every(Number.isInteger));
    assert.equal(variant, "v3");
    assert.equal(attempts, 1);
  });

  it("points at the field that breaks the contract", async () => {
    const models = await connect({ local: url });
    const error = await rejection(models["velib-lstm"].invoke({ ...velibRequest, historical_bikes: [1, 2, 3] }));
    assert.equal(error.code, "validation-failed");
    assert.equal(error.path, "/historical_bikes");
    assert.equal(error.status, 400);
    assert.ok(error.requestId);
  });

  it("answers the command line", async () => {
    const answered = await slipway(["invoke", "velib-lstm", "-f", "-", "--local", url], { input: JSON.stringify(velibRequest) });
    assert.equal(answered.code, 0, answered.stderr);
    const refused = await slipway(["invoke", "velib-lstm", "-f", "-", "--local", url], { input: JSON.stringify({ ...velibRequest, hour: 24 }, null, 2) });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /standard input:\d+:11 {2}error {2}validation-failed/);
  });
});

/** Where the stack says that its outputs are. */
function addressOf(child: ChildProcess): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (text: Buffer): void => {
      output += text.toString();
      const address = /(http:\/\/127\.0\.0\.1:\d+)\/slipway\/outputs/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout!.on("data", read);
    child.stderr!.on("data", (text: Buffer) => (output += text.toString()));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the stack left with ${code}:\n${output}`)));
  });
}
