import assert from "node:assert/strict";
import { containerError, json, startFixtureServer, type FixtureServer } from "./fixture-server";
import { run } from "./run";
import { velibResponse } from "./support";

describe("examples/forecast.ts", () => {
  let server: FixtureServer;
  before(async () => {
    server = await startFixtureServer();
  });
  after(() => server.close());
  const example = (url: string) => run(["--import", "tsx", "examples/forecast.ts", url]);

  it("prints the forecast and ends", async () => {
    server.answer(json(200, velibResponse));
    const { code, stdout, stderr } = await example(server.url);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "T+1h  8 bikes\nT+2h  8 bikes\nT+3h  8 bikes\n");
  });

  it("says what is wrong in two lines, and fails", async () => {
    server.answer(containerError(400, { code: "validation-failed", message: "hour must be <= 23", path: "/hour", requestId: "r" }));
    const { code, stdout, stderr } = await example(server.url);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^validation-failed: velib-lstm: hour must be <= 23\nMend the field/m);
  });
});
