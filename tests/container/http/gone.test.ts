import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyReply } from "fastify";
import { goneSignal } from "../../../container/src/http/gone";

describe("a caller who goes away", () => {
  const server = createServer();
  before(() => once(server.listen(0, "127.0.0.1"), "listening"));
  after(() => server.close());

  /** A call, and the answer that it waits for. */
  async function call(): Promise<{ readonly caller: ReturnType<typeof request>; readonly answer: ServerResponse }> {
    const caller = request({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }).on("error", () => undefined);
    caller.end();
    const [, answer] = (await once(server, "request")) as [unknown, ServerResponse];
    return { caller, answer };
  }
  const signalOf = (answer: ServerResponse) => goneSignal({ raw: answer } as FastifyReply);

  it("is told to everyone who still listens, once", async () => {
    const { caller, answer } = await call();
    const told: string[] = [];
    const signal = signalOf(answer);
    const off = (): void => void told.push("off");
    signal.addEventListener("abort", () => told.push("first"));
    signal.addEventListener("abort", off);
    signal.addEventListener("abort", () => told.push("second"));
    signal.removeEventListener("abort", off);
    caller.destroy();
    await once(answer, "close");
    assert.deepEqual(told, ["first", "second"]);
  });

  it("has not gone who was answered", async () => {
    const { caller, answer } = await call();
    let told = false;
    signalOf(answer).addEventListener("abort", () => (told = true));
    caller.on("response", (response) => response.resume());
    answer.end("here");
    await once(answer, "close");
    assert.equal(told, false);
  });
});
