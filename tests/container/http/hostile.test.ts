import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import { Agent, request as httpRequest } from "node:http";
import { pino } from "pino";
import { Dispatcher } from "../../../container/src/core/dispatcher";
import { compileValidator } from "../../../container/src/core/validation";
import { createServer } from "../../../container/src/http/server";
import { wires } from "../../../container/src/runtimes/wires";
import { contract, example, extractDemo, invoke, type Running, start, temporaryFolder } from "../support/container";
import { generator, type Random } from "../support/random";

const golden = JSON.stringify(example.request);

describe("what a client may send", () => {
  const folder = temporaryFolder();
  let served: Running;

  before(async () => {
    served = await start({ modelDirectory: await extractDemo(folder) });
    await served.ready();
  });
  afterEach(async () => {
    assert.equal(served.child.exitCode, null, "the process is alive");
    assert.equal((await invoke(served, example.request)).status, 200);
  });
  after(async () => {
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  /** Writes bytes to a fresh connection and reads until the server closes it, or until `enough`. */
  async function raw(bytes: string, enough: (answer: string) => boolean = () => false): Promise<string> {
    const socket: Socket = connect(served.port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
      if (enough(answer)) socket.end();
    });
    socket.on("error", () => {});
    socket.write(bytes, "latin1");
    await once(socket, "close");
    return answer;
  }
  const post = (body: string, more = ""): string =>
    `POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  it("nested 10,000 levels deep is malformed", async () => {
    for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
      const reply = await invoke(served, open.repeat(10_000) + "1" + close.repeat(10_000));
      assert.deepEqual([reply.status, reply.body.error!.code], [400, "malformed-json"]);
    }
  });

  it("of 6 MB is read, and above the limit refused", async () => {
    const large = { ...example.request, historical_bikes: Array<number>(1_900_000).fill(-1) };
    const reply = await invoke(served, large);
    assert.deepEqual([reply.status, reply.body.error!.code], [400, "validation-failed"]);
    const text = await raw(`POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\ncontent-length: 7000000\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 413 .*"body-too-large"/s);
  });

  it("in chunks above the limit is refused before it is all there", async () => {
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const text = await raw(`POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(100)}`);
    assert.match(text, /^HTTP\/1\.1 413 /);
  });

  it("with a member twice counts with the last, as JSON.parse has it", async () => {
    assert.equal((await invoke(served, golden.replace("{", '{"hour":99,'))).status, 200);
    assert.equal((await invoke(served, golden.replace("}", ',"hour":99}'))).body.error!.path, "/hour");
  });

  it("with __proto__ or constructor as a member is refused and changes no object", async () => {
    for (const name of ["__proto__", "constructor", "prototype"]) {
      const reply = await invoke(served, golden.replace("{", `{"${name}":{"hour":3},`));
      assert.deepEqual([reply.status, reply.body.error!.path], [400, `/${name}`]);
    }
  });

  it("with numbers past float64 is refused", async () => {
    for (const number of ["1e999", "-1e999", "1" + "0".repeat(400)]) {
      assert.equal((await invoke(served, golden.replace('"capacity":28', `"capacity":${number}`))).body.error!.path, "/capacity");
    }
    for (const word of ["NaN", "Infinity", "-Infinity", "0x10", "1_000"]) {
      assert.equal((await invoke(served, golden.replace('"capacity":28', `"capacity":${word}`))).body.error!.code, "malformed-json");
    }
  });

  it("pipelined is answered in order", async () => {
    const text = await raw(post(golden) + post("{") + post(golden, "connection: close\r\n"));
    assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status), ["200", "400", "200"]);
  });

  it("that is not HTTP is answered 400 and cut off", async () => {
    for (const bytes of ["\x16\x03\x01\x02\x00\x01\x00", "GET\r\n\r\n", "FETCH /ping HTTP/1.1\r\n\r\n", "GET /ping HTTP/9.9\r\n\r\n", post(golden).replace("content-length: ", "content-length: -")]) {
      assert.match(await raw(bytes), /^HTTP\/1\.1 400 .*"malformed-request"/s, JSON.stringify(bytes));
    }
    const smuggled = `POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.match(await raw(smuggled), /^HTTP\/1\.1 400 /);
  });

  it("with 20 KB of headers is answered 431", async () => {
    assert.match(await raw(`GET /ping HTTP/1.1\r\nhost: model\r\nx-long: ${"a".repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 .*"headers-too-large"/s);
  });

  it("and then drops does no harm, at whatever byte", async () => {
    const whole = post(golden);
    const agent = new Agent({ keepAlive: false });
    for (let cut = 1; cut < whole.length; cut += 7) {
      const socket = connect(served.port, "127.0.0.1");
      socket.on("error", () => {});
      await new Promise<void>((resolve) => socket.write(whole.slice(0, cut), () => resolve()));
      socket.resetAndDestroy();
    }
    for (let aborted = 0; aborted < 50; aborted += 1) {
      const call = httpRequest(`${served.url}/invocations`, { method: "POST", agent, headers: { "content-type": "application/json" } });
      call.on("error", () => {});
      const closed = new Promise<void>((resolve) => call.on("close", resolve));
      call.end(golden);
      setImmediate(() => call.destroy());
      await closed;
    }
  });

  it("at random never gives a 5xx: 3,000 mutations of a good request", async () => {
    const random = generator(7);
    const statuses = new Map<number, number>();
    for (let round = 0; round < 150; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const body = mutate(Buffer.from(golden), random);
          const type = random.integer(0, 9) === 0 ? pick(random, ["text/plain", "application/json;charset=utf-16", ""]) : "application/json";
          const response = await fetch(`${served.url}/invocations`, { method: "POST", body, headers: { "content-type": type } });
          return { status: response.status, text: await response.text(), body };
        }),
      );
      for (const { status, text, body } of replies) {
        assert.ok(status < 500, `${status} ${text} for ${body.toString("latin1")}`);
        if (status !== 200) assert.ok((JSON.parse(text) as { error: { code: string } }).error.code);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    // Both sides were met: some mutations leave a good request, most do not.
    assert.ok((statuses.get(200) ?? 0) > 50 && (statuses.get(400) ?? 0) > 500 && (statuses.get(415) ?? 0) > 50, JSON.stringify([...statuses]));
  });
});

const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(0, values.length - 1)]!;
const TOKENS = ["null", "true", "{}", "[]", '""', "-1", "1e999", "0.5", "24", "9".repeat(30), '"\\ud800"', "[[[[", '{"a":', "\u0000", "\ufeff", ",", ":", '"', "\\"];

/** A few of: bytes flipped, cut, repeated, or replaced by a token. */
function mutate(body: Buffer, random: Random): Buffer {
  let bytes = body;
  for (let change = random.integer(0, 3); change > 0; change -= 1) {
    const at = random.integer(0, Math.max(0, bytes.length - 1));
    const length = random.integer(1, 12);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + length)];
    switch (random.integer(0, 4)) {
      case 0:
        bytes = Buffer.from(bytes);
        if (bytes.length > 0) bytes[at]! ^= 1 << random.integer(0, 7);
        break;
      case 1:
        bytes = Buffer.concat([head, tail]);
        break;
      case 2:
        bytes = Buffer.concat([head, bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([head, Buffer.from(pick(random, TOKENS)), tail]);
        break;
      default:
        // A whole value for another, so that many mutations stay JSON.
        bytes = Buffer.from(bytes.toString("latin1").replace(/:(\d[\d.]*|"[^"]*"|true|false)/g, (whole) => (random.integer(0, 5) === 0 ? `:${pick(random, TOKENS)}` : whole)), "latin1");
    }
  }
  return bytes;
}

describe("a client that takes its time to send", () => {
  it("is answered 408 and cut off, in its headers and in its body", async () => {
    const engine = { state: "ready" as const, whenReady: async () => {}, infer: () => assert.fail("nothing arrived whole"), stop: async () => {} };
    const app = createServer({
      dispatcher: new Dispatcher(engine, { places: 1, timeoutMs: 1000 }),
      validate: compileValidator(contract.request),
      wire: wires.forecast,
      together: 1,
      maxBodyBytes: 1000,
      log: pino({ level: "silent" }),
      draining: () => false,
      headersTimeoutMs: 100,
      requestTimeoutMs: 200,
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    try {
      for (const beginning of ["POST /invocations HTTP/1.1\r\nhost: mo", "POST /invocations HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"]) {
        const socket = connect(port, "127.0.0.1");
        let answer = "";
        socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
        socket.write(beginning);
        await once(socket, "close");
        assert.match(answer, /^HTTP\/1\.1 408 .*"request-too-slow"/s);
      }
    } finally {
      await app.close();
    }
  });
});
