import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connect, type StackOutputs } from "../../client";
import { json, startFixtureServer, velibOutputs, type FixtureServer } from "./fixture-server";
import { rejection, velibRequest, velibResponse } from "./support";

describe("client: connect", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-client-"));
  });
  after(() => rm(folder, { recursive: true }));
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  describe("to outputs", () => {
    it("takes an object, a path and a file URL", async () => {
      const path = await file("outputs.json", JSON.stringify(velibOutputs()));
      for (const outputs of [velibOutputs(), path, pathToFileURL(path)]) {
        assert.ok((await connect({ outputs }))["velib-lstm"]);
      }
    });

    it("reads a file with a byte order mark, as some shells write it", async () => {
      const path = await file("bom.json", `\uFEFF${JSON.stringify(velibOutputs())}`);
      assert.ok((await connect({ outputs: path }))["velib-lstm"]);
    });

    it("says which file is missing", async () => {
      const error = await rejection(connect({ outputs: join(folder, "nowhere.json") }));
      assert.equal(error.code, "outputs-unreadable");
      assert.match(error.message, /nowhere\.json/);
    });

    const velib = () => velibOutputs().models["velib-lstm"]!;
    const bad: [what: string, content: unknown, message: RegExp][] = [
      ["a list", [], /the document is not an object/],
      ["null", null, /the document is not an object/],
      ["`models` alone", velibOutputs().models, /outputsVersion is missing: give all outputs/],
      ["a newer version", { ...velibOutputs(), outputsVersion: 2 }, /outputsVersion is 2; this client knows 1/],
      ["no stack", { ...velibOutputs(), stack: "" }, /stack is not a text/],
      ["models that are a list", { ...velibOutputs(), models: [] }, /models is not an object/],
      ["a model without region", { ...velibOutputs(), models: { m: { ...velib(), region: undefined } } }, /models\.m\.region is not a text/],
      ["a model without serving", { ...velibOutputs(), models: { m: { ...velib(), serving: 1 } } }, /models\.m\.serving is not an object/],
      [
        "an endpoint without name",
        { ...velibOutputs(), models: { m: { ...velib(), serving: { realtime: { variants: ["v1"] } } } } },
        /models\.m\.serving\.realtime\.endpointName is not a text/,
      ],
      [
        "an endpoint without variants",
        { ...velibOutputs(), models: { m: { ...velib(), serving: { realtime: { endpointName: "m-dev" } } } } },
        /models\.m\.serving\.realtime\.variants is not a list of names/,
      ],
    ];
    for (const [what, content, message] of bad) {
      it(`refuses ${what}`, async () => {
        const path = await file("bad.json", JSON.stringify(content));
        const error = await rejection(connect({ outputs: path }));
        assert.equal(error.code, "outputs-invalid");
        assert.match(error.message, message);
        assert.match(error.message, /bad\.json/);
      });
    }

    it("refuses what is not JSON", async () => {
      const error = await rejection(connect({ outputs: await file("bad.json", "models: {}") }));
      assert.equal(error.code, "outputs-invalid");
    });

    it("keeps fields that it does not know", async () => {
      const outputs = { ...velibOutputs(), newField: true } as StackOutputs;
      assert.ok((await connect({ outputs }))["velib-lstm"]);
    });
  });

  describe("to a local stack", () => {
    let server: FixtureServer;
    afterEach(() => server.close());

    it("needs nothing of AWS in the environment", async () => {
      server = await startFixtureServer();
      server.answer(json(200, velibResponse));
      await withEnvironment({ AWS_PROFILE: "no-such-profile" }, async () => {
        const models = await connect({ local: new URL(server.url) });
        assert.equal((await models["velib-lstm"].invoke(velibRequest)).station_code, "16107");
      });
    });

    it("says so where nothing answers, or something else does", async () => {
      server = await startFixtureServer();
      await server.close();
      const error = await rejection(connect({ local: server.url }));
      assert.equal(error.code, "outputs-unreadable");
      assert.match(error.message, /\/slipway\/outputs does not answer: connect ECONNREFUSED/);
      server = await startFixtureServer(() => "not outputs" as never);
      assert.equal((await rejection(connect({ local: server.url }))).code, "outputs-invalid");
    });

    it("refuses an address that is none", async () => {
      server = await startFixtureServer();
      for (const local of ["4010", "file:///etc/hosts", "127.0.0.1:4010"]) {
        assert.equal((await rejection(connect({ local }))).code, "option-invalid", local);
      }
      assert.equal((await rejection(connect({} as never))).code, "option-invalid");
      assert.equal((await rejection(connect({ local: server.url, outputs: velibOutputs() }))).code, "option-invalid");
    });
  });

  describe("to AWS", () => {
    let server: FixtureServer;
    beforeEach(async () => {
      server = await startFixtureServer();
      server.answer(json(200, velibResponse));
    });
    afterEach(() => server.close());

    it("signs for the region of the outputs, with the settings given for the SDK", async () => {
      const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
      const models = await connect({ outputs: server.outputs, aws: { endpoint: server.url, credentials } });
      await models["velib-lstm"].invoke(velibRequest);
      assert.match(server.calls[0]!.headers.authorization ?? "", /Credential=AKIDEXAMPLE\/\d{8}\/eu-west-3\/sagemaker\/aws4_request/);
    });

    it("says that there are no credentials, before anything is sent", async () => {
      await withEnvironment({ AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/nowhere", AWS_SHARED_CREDENTIALS_FILE: "/nowhere" }, async () => {
        const models = await connect({ outputs: server.outputs, aws: { endpoint: server.url } });
        const error = await rejection(models["velib-lstm"].invoke(velibRequest));
        assert.equal(error.code, "credentials-missing");
        assert.equal(error.retryable, false);
      });
      assert.equal(server.calls.length, 0);
    });
  });

  describe("to a stack that differs from the types", () => {
    let server: FixtureServer;
    afterEach(() => server.close());
    const start = async (change: (model: StackOutputs["models"][string]) => StackOutputs["models"][string]) => {
      server = await startFixtureServer((outputs) => ({
        ...outputs,
        models: Object.fromEntries(Object.entries(outputs.models).map(([name, model]) => [name, change(model)])),
      }));
      server.answer(json(200, velibResponse));
    };

    it("names the models there are", async () => {
      server = await startFixtureServer((outputs) => ({ ...outputs, models: { other: outputs.models["velib-lstm"]! } }));
      const models = await connect({ local: server.url });
      const error = await rejection(models["velib-lstm"].invoke(velibRequest));
      assert.equal(error.code, "unknown-model");
      assert.match(error.message, /the stack dev has no such model; it has other/);
    });

    it("gives a client for a model that has no types yet", async () => {
      server = await startFixtureServer((outputs) => ({ ...outputs, models: { ...outputs.models, fresh: outputs.models["velib-lstm"]! } }));
      server.answer(json(200, { any: "thing" }));
      const models: Record<string, { invoke(request: unknown): Promise<unknown> }> = await connect({ local: server.url });
      assert.deepEqual(await models["fresh"]!.invoke({}), { any: "thing" });
    });

    it("says that a model has no endpoint", async () => {
      await start((model) => ({ ...model, serving: {} }));
      const models = await connect({ local: server.url });
      assert.equal((await rejection(models["velib-lstm"].invoke(velibRequest))).code, "not-served");
    });

    it("warns once of another contract", async () => {
      await start((model) => ({ ...model, contractSha256: "f".repeat(64) }));
      const warnings: (Error & { code?: string })[] = [];
      const listen = (warning: Error): unknown => warnings.push(warning);
      process.on("warning", listen);
      try {
        const models = await connect({ local: server.url });
        await models["velib-lstm"].invoke(velibRequest);
        await models["velib-lstm"].invoke(velibRequest);
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        process.off("warning", listen);
      }
      const ours = warnings.filter(({ code }) => code === "contract-mismatch");
      assert.equal(ours.length, 1);
      assert.match(ours[0]!.message, /velib-lstm: deployed with the contract ffffffffffff….*slipway types/);
    });

    it("refuses another contract where it is asked to", async () => {
      await start((model) => ({ ...model, contractSha256: "f".repeat(64) }));
      const models = await connect({ local: server.url, onContractMismatch: "error" });
      assert.equal((await rejection(models["velib-lstm"].invoke(velibRequest))).code, "contract-mismatch");
      assert.equal(server.calls.length, 0);
    });
  });
});

/** Runs with these variables of AWS and no others. */
async function withEnvironment(variables: { readonly [name: string]: string }, work: () => Promise<void>): Promise<void> {
  const kept = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, kept);
  }
}
