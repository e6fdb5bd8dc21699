import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { isErrorCode } from "../../contract/errors";
import type { Json, JsonSchema } from "../../contract/json";
import { isObject } from "../../planning/merge-patch";
import { declaredModes } from "../../planning/modes";
import { descriptorSchema, editorSchema } from "../../planning/schema";
import { parse } from "../../planning/parse";
import { readRegistry } from "../../registry/read";

const root = join(__dirname, "..", "..");

/** Every field of the schema with its path: those of `properties`, at any depth, in conditions too. */
function fields(schema: Json, path = ""): { readonly path: string; readonly schema: JsonSchema }[] {
  if (Array.isArray(schema)) return schema.flatMap((item: Json, index) => fields(item, `${path}[${index}]`));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === "examples" || keyword === "default" || keyword === "if") return [];
    if (keyword !== "properties") return fields(value, path);
    return Object.entries(value as { readonly [name: string]: JsonSchema }).flatMap(([name, field]) => [{ path: `${path}.${name}`, schema: field }, ...fields(field, `${path}.${name}`)]);
  });
}

describe("the descriptor's schema", () => {
  const all = fields(descriptorSchema());

  it("describes every field, for whoever completes it in an editor", () => {
    const bare = all.filter(({ path, schema }) => typeof schema.description !== "string" && !path.endsWith(".environments"));
    assert.deepEqual(bare.map(({ path }) => path), []);
    assert.ok(all.length > 100);
  });

  it("names only codes that have a row", () => {
    for (const { schema } of all) for (const code of Object.values((schema["x-codes"] ?? {}) as { readonly [keyword: string]: string })) assert.ok(isErrorCode(code), code);
  });

  it("lets no field that it does not know pass", () => {
    const open = all.filter(({ path, schema }) => schema.properties !== undefined && schema.additionalProperties === undefined && !path.endsWith(".environments"));
    assert.deepEqual(open.map(({ path }) => path), []);
  });

  it("has each mode's fragment under serving", () => {
    const serving = (descriptorSchema().properties as { readonly [name: string]: JsonSchema }).serving!;
    assert.deepEqual(Object.keys(serving.properties as object), declaredModes.map(({ name }) => name));
  });
});

describe("registry/model.schema.json", () => {
  const written = JSON.parse(readFileSync(join(root, "registry", "model.schema.json"), "utf8")) as JsonSchema;
  // Any validator of draft-07 must do, as an editor's does: nothing of ours is registered.
  const validate = new Ajv({ allErrors: true, strict: false }).compile(written);
  const velib = (): { [key: string]: Json } => {
    const file = readRegistry(root).descriptors.find(({ path }) => path.endsWith("velib-lstm.yaml"))!;
    return structuredClone(parse(file).data) as { [key: string]: Json };
  };

  it("is what the schema gives now", () => {
    const { $comment, ...schema } = written;
    assert.deepEqual(schema, JSON.parse(JSON.stringify(editorSchema())));
    assert.match(String($comment), /Generated/);
  });

  it("uses standard keywords alone", () => {
    assert.doesNotMatch(JSON.stringify(written), /"x-/);
  });

  it("accepts every descriptor of the registry", () => {
    for (const file of readRegistry(root).descriptors) assert.ok(validate(parse(file).data), `${file.path}: ${JSON.stringify(validate.errors)}`);
  });

  it("checks quantities by pattern, in overlays too", () => {
    const memory = (value: string): boolean => validate({ ...velib(), serving: { serverless: { memory: value } } });
    assert.deepEqual(["3072 MiB", "3072MiB", "2500 MiB"].map(memory), [true, false, false]);
    const overlay = (timeout: Json): boolean => validate({ ...velib(), environments: { dev: { serving: { serverless: { timeout } } } } });
    assert.deepEqual(["30s", null, "30 s", 30].map(overlay), [true, true, false, false]);
  });

  it("chooses the settings by the runtime", () => {
    const settings = (runtime: string, value: Json): boolean => validate({ ...velib(), runtime, settings: value });
    assert.equal(settings("forecast", { threads: 2 }), true);
    assert.equal(settings("forecast", { candidates: 2 }), false);
    assert.equal(settings("clip-recommend", { candidates: 2 }), true);
  });

  it("gives defaults and examples that it accepts itself", () => {
    const ajv = new Ajv({ strict: false, validateSchema: false });
    // Overlays repeat the base's fields; each is looked at once.
    const distinct = new Map(fields(written).map((field) => [JSON.stringify(field.schema), field]));
    const shown = [...distinct.values()].filter(({ schema }) => schema.default !== undefined || schema.examples !== undefined);
    assert.ok(shown.length > 30);
    for (const { path, schema } of shown) {
      const accepts = ajv.compile(schema);
      const values = [...((schema.examples ?? []) as Json[]), ...(schema.default === undefined ? [] : [schema.default])];
      for (const value of values) assert.ok(accepts(value), `${path}: ${JSON.stringify(value)}`);
    }
  });
});
