import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "./support/container";

/** The image's health check, against a server that answers with `status`; 0 for one that never does. */
async function check(status: number): Promise<unknown> {
  const server = createServer((request, response) => {
    assert.deepEqual([request.method, request.url], ["GET", "/ping"]);
    if (status !== 0) response.writeHead(status).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [(await build()).serve, "ping"], { env: { SAGEMAKER_BIND_TO_PORT: String(port) } });
  const [code] = (await once(child, "exit")) as [number];
  server.closeAllConnections();
  server.close();
  return code;
}

describe("the health check of the image", () => {
  it("passes while /ping says 200, and fails for everything else", async () => {
    assert.equal(await check(200), 0);
    for (const status of [503, 404, 0]) assert.equal(await check(status), 1, String(status));
  });
});
