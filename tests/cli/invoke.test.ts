import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locatePointer } from "../../cli/invoke/request";
import { awsError, containerError, json, startFixtureServer, type FixtureServer } from "../client/fixture-server";
import { slipway } from "../client/run";
import { velibRequest, velibResponse } from "../client/support";

describe("slipway invoke", () => {
  let server: FixtureServer;
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-invoke-"));
    file = join(folder, "request.json");
    await writeFile(file, JSON.stringify(velibRequest, null, 2));
    server = await startFixtureServer();
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const invoke = (...args: string[]) => slipway(["invoke", "velib-lstm", "--file", file, "--local", server.url, ...args]);

  it("prints the answer alone on standard output, the rest beside it", async () => {
    server.answer(json(200, velibResponse, { "x-amzn-invoked-production-variant": "v3" }));
    const { code, stdout, stderr } = await invoke("--variant", "v3");
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), velibResponse);
    assert.match(stderr, /^velib-lstm {2}v3 · \d+ ms\n$/);
    assert.equal(server.calls.at(-1)?.headers["x-amzn-sagemaker-target-variant"], "v3");
  });

  it("reads standard input, and outputs from a file", async () => {
    server.answer(json(200, velibResponse));
    const input = JSON.stringify(velibRequest);
    const piped = await slipway(["invoke", "velib-lstm", "-f", "-", "--local", server.url], { input });
    assert.equal(piped.code, 0, piped.stderr);
    assert.deepEqual(JSON.parse(server.calls.at(-1)!.body), velibRequest);

    const outputs = join(folder, "outputs.json");
    await writeFile(outputs, JSON.stringify({ ...server.outputs, models: {} }));
    const unknown = await slipway(["invoke", "velib-lstm", "-f", file, "--outputs", outputs]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /error {2}unknown-model\n {4}velib-lstm: the stack dev has no such model; it has none/);
  });

  it("points at the line of the request that the model refuses", async () => {
    const refusal = { code: "validation-failed", message: "hour must be <= 23", path: "/hour", requestId: "r-7" };
    server.answer(containerError(400, refusal));
    const { code, stdout, stderr } = await invoke();
    assert.equal(code, 1);
    assert.equal(stdout, "");
    const line = JSON.stringify(velibRequest, null, 2).split("\n").findIndex((text) => text.includes('"hour"')) + 1;
    assert.match(stderr, new RegExp(`request\\.json:${line}:11 {2}error {2}validation-failed\\n {4}velib-lstm: hour must be <= 23\\n`));
    assert.match(stderr, /request r-7/);
  });

  it("leaves with 3 where the same call may succeed later", async () => {
    server.answer(awsError(503, "ServiceUnavailable", { Message: "busy" }));
    const { code, stderr } = await invoke("--retries", "0");
    assert.equal(code, 3);
    assert.match(stderr, /error {2}service-failed\n {4}velib-lstm: busy\n/);
  });

  it("leaves with 3 at the deadline", async () => {
    server.answer(() => undefined);
    const { code, stderr } = await invoke("--timeout", "50ms");
    assert.equal(code, 3);
    assert.match(stderr, /timed-out/);
  });

  const misused: [what: string, args: string[], code: number, message: RegExp][] = [
    ["an unknown model", ["velib", "-f", "FILE", "--local", "URL"], 1, /error {2}unknown-model\n.*there is .*velib-lstm/],
    ["no file", ["velib-lstm"], 2, /required option '-f, --file <path>' not specified/],
    ["a missing file", ["velib-lstm", "-f", "nowhere.json"], 2, /nowhere\.json {2}error {2}request-unreadable\n {4}there is no such file/],
    ["nothing on standard input", ["velib-lstm", "-f", "-"], 1, /standard input {2}error {2}request-not-json\n {4}is empty/],
    ["a timeout without unit", ["velib-lstm", "-f", "FILE", "--timeout", "10"], 2, /a length of time is written like/],
    ["a negative count", ["velib-lstm", "-f", "FILE", "--retries=-1"], 2, /whole number from 0/],
    ["two stacks", ["velib-lstm", "-f", "FILE", "--local", "URL", "--outputs", "x"], 2, /not both/],
    ["an address that is none", ["velib-lstm", "-f", "FILE", "--local", "somewhere"], 1, /error {2}option-invalid/],
    ["an unknown option", ["velib-lstm", "-f", "FILE", "--loca", "URL"], 2, /unknown option '--loca'/],
  ];
  for (const [what, args, expected, message] of misused) {
    it(`says what is wrong with ${what}`, async () => {
      const filled = args.map((arg) => (arg === "FILE" ? file : arg === "URL" ? server.url : arg));
      const { code, stdout, stderr } = await slipway(["invoke", ...filled]);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
    });
  }

  const broken: [text: string, message: RegExp][] = [
    ['{\n  "hour": 15,\n}', /^standard input:3:1 {2}error {2}request-not-json\n {4}is not JSON: Expected double-quoted property name\n/],
    ['{\n  "hour": 15\n', /^standard input:3:1 {2}error {2}request-not-json\n {4}is not JSON: Expected/],
    ["hour: 15", /^standard input {2}error {2}request-not-json\n {4}is not JSON: Unexpected token/],
  ];
  for (const [text, message] of broken) {
    it(`points into a request that is not JSON: ${JSON.stringify(text)}`, async () => {
      const { code, stderr } = await slipway(["invoke", "velib-lstm", "-f", "-"], { input: text });
      assert.equal(code, 1);
      assert.match(stderr, message);
    });
  }

  describe("a pointer into the request", () => {
    const text = '{\n  "a": [1, { "b/c": 2 }],\n  "d~": 3\n}';
    const places: [pointer: string, line: number, column: number][] = [
      ["/a", 2, 8],
      ["/a/0", 2, 9],
      ["/a/1/b~1c", 2, 21],
      ["/d~0", 3, 9],
      ["/missing", 1, 1],
      ["/a/7/x", 2, 8],
      ["", 1, 1],
    ];
    for (const [pointer, line, column] of places) {
      it(`finds "${pointer}"`, () => assert.deepEqual(locatePointer(text, pointer), { line, column }));
    }
  });
});
