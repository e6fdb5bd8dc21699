import assert from "node:assert/strict";
import { parse } from "yaml";
import { issueText } from "../../contract/issue";
import { loadRegistry } from "../../planning";
import { rolloutStrategies } from "../../planning/rollout/schema";
import type { RegistryFiles } from "../../planning/types";
import { compileSamples } from "../client/compile";
import { read } from "../house/files";
import { blocksOf, blockWith } from "./blocks";

const ADD = "docs/guides/add-a-model.md";
const CALL = "docs/guides/call-a-model.md";

describe("guide: add a model", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const registry = (descriptor: string): RegistryFiles => ({
    descriptors: [{ path: "registry/models/velib-night.yaml", content: bytes(descriptor) }],
    contracts: [{ path: "registry/contracts/velib-night.yaml", content: bytes(blockWith(ADD, /^request:/)) }],
  });
  const descriptor = blockWith(ADD, /^# yaml-language-server/);

  it("shows what validate says of its descriptor", () => {
    const { issues } = loadRegistry(registry(descriptor));
    const [, ...shown] = blockWith(ADD, "npx slipway validate").trimEnd().split("\n").slice(0, -1);
    assert.deepEqual(issues.map((issue) => issueText(issue)).join("\n").split("\n"), shown);
    assert.equal(issues.length, 2);
  });

  it("has a descriptor and a contract that are right once mended", () => {
    const mended = descriptor.replace("2500 MiB", "3072 MiB").replace("concurency", "concurrency");
    const overlay = blockWith(ADD, /^environments:/);
    const { models, issues } = loadRegistry(registry(`${mended}\n${overlay}`));
    assert.deepEqual(issues, []);
    assert.deepEqual(models.map(({ name, environment }) => `${name} ${environment}`), ["velib-night dev", "velib-night prod"]);
  });
});

describe("guide: call a model", function () {
  this.timeout(60_000);

  it("sends the golden example", () => {
    const contract = parse(read("registry/contracts/velib-lstm.yaml")) as { examples: { request: unknown }[] };
    assert.deepEqual(JSON.parse(blockWith(CALL, /^\{\n {2}"station_code"/)), contract.examples[0]!.request);
  });

  it("has TypeScript that compiles", () => {
    const prelude = [
      'import { connect, SlipwayError, type Connection, type Models, type VelibLstmRequest } from "slipway/client";',
      "declare const request: VelibLstmRequest;",
      "declare const models: Connection<Models>;",
    ];
    const samples = blocksOf(CALL)
      .filter(({ language }) => language === "ts")
      .map(({ text }, index) => {
        const body = text.replace(/^import .*"slipway\/client";\n/gm, "").replace('"./models"', '"slipway/client"');
        // What a sample declares itself is not declared for it.
        const given = prelude.filter((line) => !/declare const models/.test(line) || !/const models =/.test(body));
        return [`sample-${index}`, [...given, body, "export { connect, SlipwayError, request };"].join("\n")] as const;
      });
    assert.ok(samples.length >= 4);
    for (const [name, messages] of compileSamples(Object.fromEntries(samples))) assert.deepEqual(messages, [], name);
  });
});

describe("guide: rollouts", () => {
  it("has descriptors that are right, and a table that names every way", () => {
    const around = (body: string) =>
      [
        "name: example",
        "description: An example.",
        "owner: examples",
        "runtime: forecast",
        "contract: contracts/example.yaml",
        "settings: { label: v4 }",
        `versions: { v4: { artifact: s3://example-models/v4/model.tar.gz, sha256: "${"14".repeat(32)}" }, v5: { artifact: s3://example-models/v5/model.tar.gz, sha256: "${"15".repeat(32)}" } }`,
        body,
      ].join("\n");
    const contract = blockWith(ADD, /^request:/);
    const samples = blocksOf("docs/guides/rollouts.md").filter(({ language }) => language === "yaml");
    assert.equal(samples.length, 2);
    for (const { text } of samples) {
      const { issues } = loadRegistry({
        descriptors: [{ path: "registry/models/example.yaml", content: Buffer.from(around(text)) }],
        contracts: [{ path: "registry/contracts/example.yaml", content: Buffer.from(contract) }],
      });
      assert.deepEqual(issues.filter(({ severity }) => severity === "error"), [], text);
    }
    for (const strategy of rolloutStrategies) assert.match(read("docs/guides/rollouts.md"), new RegExp(`\\| \`${strategy}: \\{`));
  });
});

describe("guide: scaling", () => {
  it("has descriptors that are right", () => {
    const samples = blocksOf("docs/guides/scaling.md").filter(({ language }) => language === "yaml");
    assert.equal(samples.length, 3);
    const rest = { name: "example", description: "An example.", owner: "examples", runtime: "forecast", contract: "contracts/example.yaml", traffic: { v1: 1 }, versions: { v1: { artifact: "s3://example-models/v1/model.tar.gz", sha256: "8e6a4110c4bbb81cb3012a98c5634d4ec19908095d939526c8289b043a1efaed" } } };
    const [load] = samples;
    for (const { text } of samples) {
      const descriptor = JSON.stringify({ ...rest, ...(parse(load!.text) as object), ...(parse(text) as object) });
      const files = { descriptors: [{ path: "registry/models/example.yaml", content: Buffer.from(descriptor) }], contracts: [{ path: "registry/contracts/example.yaml", content: Buffer.from(blockWith(ADD, /^request:/)) }] };
      const { models, issues } = loadRegistry(files, { environment: "dev" });
      assert.deepEqual(issues, [], text);
      assert.equal(models.length, 1);
    }
  });
});
