import assert from "node:assert/strict";
import { timingSafeEqual } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readToken } from "../../../container/src/core/token";
import { RequestError, StartError } from "../../../container/src/failure";
import { bearer } from "../../../container/src/http/bearer";
import { encodeServeSpec, specText } from "../../../contract/serve-spec";
import { build, example, extractDemo, invoke, launch, type Running, spec, start, temporaryFolder } from "../support/container";

const token = "T0ken-of.this_very~test";

describe("a bearer token", () => {
  const passes = (authorization?: string): boolean => {
    try {
      bearer(token)(authorization === undefined ? {} : { authorization });
      return true;
    } catch (error) {
      assert.ok(error instanceof RequestError && error.code === "unauthorized");
      assert.equal(error.headers["www-authenticate"], 'Bearer realm="slipway"');
      assert.ok(!error.message.includes(token));
      return false;
    }
  };

  it("passes whole and alone, with the scheme in any case", () => {
    for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token} `]) assert.ok(passes(header), header);
  });

  it("does not pass missing, empty, cut, longer, in other case, or under another scheme", () => {
    const wrong = [undefined, "", "Bearer", "Bearer ", token, `Basic ${token}`, `Token ${token}`, `Bearer ${token.slice(1)}`, `Bearer ${token}x`];
    for (const header of [...wrong, `Bearer ${token.toUpperCase()}`, `Bearer ${token} ${token}`, `Bearer ${token}, Bearer x`, `Bearer\t${token}`]) assert.ok(!passes(header), String(header));
  });

  it("is compared in constant time, whatever was sent: equal lengths, once, even where nothing was", () => {
    const seen: [number, number][] = [];
    const watched = (a: Buffer, b: Buffer): boolean => {
      seen.push([a.length, b.length]);
      return timingSafeEqual(a, b);
    };
    const authorise = bearer(token, watched);
    for (const header of ["", "Bearer x", `Bearer ${"y".repeat(4000)}`]) assert.throws(() => authorise({ authorization: header }));
    authorise({ authorization: `Bearer ${token}` });
    assert.deepEqual(seen, Array.from({ length: 4 }, () => [32, 32]));
  });
});

describe("the token of an environment", () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => (writeFileSync(join(folder, name), text), join(folder, name));
  const refused = (environment: Record<string, string>, message: RegExp): void =>
    assert.throws(() => readToken(environment), (error: unknown) => error instanceof StartError && error.code === "token-invalid" && message.test(error.message));

  it("is in a variable or a file, and none is asked for where neither is named", () => {
    assert.equal(readToken({}), undefined);
    assert.equal(readToken({ SLIPWAY_TOKEN: token }), token);
    assert.equal(readToken({ SLIPWAY_TOKEN_FILE: file("good", `${token}\n`) }), token);
  });

  it("stops the start where it was asked for and is not there", () => {
    refused({ SLIPWAY_TOKEN: "" }, /SLIPWAY_TOKEN is not 16/);
    refused({ SLIPWAY_TOKEN: "short" }, /16 or more/);
    refused({ SLIPWAY_TOKEN: "with a space in the middle" }, /16 or more/);
    refused({ SLIPWAY_TOKEN_FILE: file("empty", "") }, /empty is not 16/);
    refused({ SLIPWAY_TOKEN_FILE: join(folder, "nowhere") }, /cannot be read/);
    refused({ SLIPWAY_TOKEN: token, SLIPWAY_TOKEN_FILE: file("both", token) }, /both/);
  });

  it("never shows in a refusal", () => {
    assert.throws(() => readToken({ SLIPWAY_TOKEN: "a secret with spaces" }), (error: Error) => !error.message.includes("a secret"));
  });
});

describe("a served model that asks for a token", () => {
  const [folder, modelFolder] = [temporaryFolder(), temporaryFolder()];
  const withoutSpec = Object.fromEntries(Object.keys(encodeServeSpec(spec)).map((name) => [name, undefined]));
  const write = (name: string, text: string): string => (writeFileSync(join(folder, name), text), join(folder, name));
  let served: Running;
  let modelDirectory: string;

  before(async () => {
    modelDirectory = await extractDemo(modelFolder);
    served = await start({
      modelDirectory,
      // As on Beanstalk: the spec comes in a file too.
      environment: { ...withoutSpec, SLIPWAY_SPEC_FILE: write("spec.json", specText(spec)), SLIPWAY_TOKEN_FILE: write("token", token) },
    });
    await served.ready();
  });
  after(async () => {
    served.child.kill("SIGTERM");
    await served.exited;
  });

  it("answers its health check to everybody", async () => assert.equal((await fetch(`${served.url}/ping`)).status, 200));

  it("answers who has the token", async () => {
    assert.equal((await invoke(served, example.request, { authorization: `Bearer ${token}` })).status, 200);
  });

  for (const [what, headers] of Object.entries({ "no header": {}, "an empty one": { authorization: "" }, "another scheme": { authorization: `Basic ${token}` }, "another token": { authorization: `Bearer ${token}x` } })) {
    it(`refuses ${what} with 401, before it looks at the body`, async () => {
      const reply = await invoke(served, "{ not json", headers as Record<string, string>);
      assert.equal(reply.status, 401);
      assert.equal(reply.body.error!.code, "unauthorized");
      assert.equal(reply.headers.get("www-authenticate"), 'Bearer realm="slipway"');
    });
  }

  it("says nothing of its routes without the token", async () => assert.equal((await fetch(`${served.url}/elsewhere`)).status, 401));

  it("keeps the token out of its log", () => assert.ok(!JSON.stringify(served.log).includes(token)));

  it("does not start on an empty token", async () => {
    const { serve: serveFile } = await build();
    const { exited, log } = launch({ modelDirectory, serveFile, environment: { SLIPWAY_TOKEN: "" } });
    assert.notEqual(await exited, 0);
    assert.match(JSON.stringify(log.at(-1)), /token-invalid/);
  });
});
