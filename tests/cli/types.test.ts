import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { modelsFile, type TypedModel } from "../../cli/types/models-file";
import type { JsonSchema } from "../../contract/json";
import { root, slipway } from "../client/run";

describe("slipway types", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-types-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("writes what is checked in as the client's own types", async () => {
    const out = join(folder, "models.ts");
    const { code, stdout, stderr } = await slipway(["types", "--out", out]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "");
    assert.equal(await readFile(out, "utf8"), await readFile(join(root, "client", "models.gen.ts"), "utf8"));
    assert.deepEqual(await readdir(folder), ["models.ts"]);
  });

  it("says that a file cannot be written, and leaves nothing behind", async () => {
    const { code, stderr } = await slipway(["types", "--out", join(folder, "no", "such", "folder.ts")]);
    assert.equal(code, 1);
    assert.match(stderr, /folder\.ts {2}error {2}file-unwritable/);
  });

  it("says that there is no registry where there is none", async () => {
    const { code, stdout, stderr } = await slipway(["types"], { cwd: folder });
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^registry\/models {2}error {2}registry-missing\n/);
  });

  it("writes nothing for a registry with errors", async () => {
    await mkdir(join(folder, "registry", "models"), { recursive: true });
    await writeFile(join(folder, "registry", "models", "m.yaml"), "name: m\nservin: {}\n");
    const { code, stdout, stderr } = await slipway(["types"], { cwd: folder });
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /registry\/models\/m\.yaml:2:1 {2}error/);
  });
});

describe("types of a contract", () => {
  const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: "object", additionalProperties: false, properties, ...more });
  const model = (name: string, request: JsonSchema, response: JsonSchema = object({})): TypedModel => ({
    name,
    description: "A model.",
    contract: { file: "", sha256: "0".repeat(64), request, response, examples: [] },
  });

  it("do not depend on the order of the models", async () => {
    const [a, b] = [model("a-model", object({ x: { type: "string" } })), model("b-model", object({ y: { type: "number" } }))];
    assert.equal(await modelsFile([a, b]), await modelsFile([b, a]));
  });

  it("say in words what a type cannot hold", async () => {
    const text = await modelsFile([
      model("m", object({ hours: { type: "array", minItems: 24, maxItems: 24, items: { type: "number" }, description: "Oldest first." }, count: { type: "integer", minimum: 1 } })),
    ]);
    assert.match(text, /Oldest first\.\s+\* Exactly 24 items\s+\*\/\s+hours\?: number\[\]/);
    assert.match(text, /At least 1; a whole number\s+\*\/\s+count\?: number/);
  });

  it("keep a short list of fixed length as a tuple", async () => {
    const text = await modelsFile([model("m", object({ place: { type: "array", minItems: 2, maxItems: 2, items: { type: "number" } } }))]);
    assert.match(text, /place\?: \[number, number\]/);
  });

  it("keep definitions of two models apart, and compile", async () => {
    const request = (type: string) => object({ box: { $ref: "#/definitions/box" }, title: { type: "string", title: "Box" } }, { definitions: { box: object({ side: { type } }) } });
    const text = await modelsFile([model("first", request("string")), model("second", request("number"))]);
    assert.match(text, /interface FirstRequestBox \{\s*side\?: string/);
    assert.match(text, /interface SecondRequestBox \{\s*side\?: number/);
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    assert.deepEqual(diagnostics, []);
  });

  it("come from the contract alone: nothing else is read", async () => {
    for (const $ref of ["file:///etc/passwd", "other.yaml", "http://127.0.0.1:9/schema.json"]) {
      await assert.rejects(modelsFile([model("m", object({ x: { $ref } }))]), /only refer to its own definitions/);
    }
  });

  it("cannot be made to hold code by a description", async () => {
    const text = await modelsFile([{ ...model("m", object({ x: { type: "string", description: "*/ evil(); /*" } })), description: "*/ evil(); /*" }]);
    const source = ts.createSourceFile("m.ts", text, ts.ScriptTarget.ES2022, true);
    assert.ok(source.statements.every((statement) => !ts.isExpressionStatement(statement)), text);
  });
});
