import assert from "node:assert/strict";
import { isMap, parseDocument } from "yaml";
import type { Issue } from "../../../contract/issue";
import type { Json, JsonSchema } from "../../../contract/json";
import type { PlannedResource } from "../../../contract/resources";
import { loadRegistry } from "../../../planning";
import { metrics } from "../../../planning/metrics";
import { descriptorSchema } from "../../../planning/schema";
import { modes } from "../../../planning/modes";
import type { ModePlan, ServingMode } from "../../../planning/modes/mode";
import { namingRules } from "../../../planning/naming";
import { planStack } from "../../../planning/plan";
import type { ResolvedModel } from "../../../planning/types";
import { allResources, facts, physicalNameOf, refsIn } from "../support/resolved";

/**
 * What every serving mode must do, taken from nothing but the mode itself. A
 * new folder under `planning/modes/` gets all of it by its line in the index.
 */
export function conforms(mode: ServingMode): void {
  const load = (serving: string, rest = ""): { model?: ResolvedModel; issues: Issue[] } => {
    const { models, issues } = loadRegistry(registryOf(serving, rest), { environment: facts.stack });
    return { model: models[0], issues };
  };
  const example = (): ResolvedModel => {
    const { model, issues } = load(mode.example);
    assert.deepEqual(issues, []);
    return model!;
  };

  it("accepts its own example", () => {
    assert.deepEqual(Object.keys(example().serving), [mode.name]);
  });

  it("rejects a key that it does not know, at the key", () => {
    const { model, issues } = load(changedExample(mode, (fields) => fields.set("notAField", 1)));
    assert.equal(model, undefined);
    assert.deepEqual(issues.map(({ path }) => path), [`serving.${mode.name}.notAField`]);
  });

  it("documents every field, and every default as a person writes it", () => {
    const written = (descriptorSchema().properties as Fields).serving!.properties as Fields;
    walk(mode.schema, mode.defaults, written[mode.name]!, mode.name);
  });

  it("fills in its defaults", () => {
    const required = (mode.schema.required ?? []) as readonly string[];
    const bare = changedExample(mode, (fields) => {
      for (const { key } of [...fields.items]) if (!required.includes(String(key))) fields.delete(key);
    });
    const { model, issues } = load(bare);
    assert.deepEqual(issues, []);
    const serving = model!.serving[mode.name]!;
    for (const [field, value] of Object.entries(mode.defaults)) assert.deepEqual(serving[field], value, field);
  });

  it("goes away where an overlay says null", () => {
    const other = mode.name === "serverless" ? "{ realtime: { instance: ml.c5.large } }" : "{ serverless: { memory: 1024 MiB } }";
    const overlay = `environments: { dev: { serving: ${other.replace("{", `{ ${mode.name}: null,`)} } }`;
    const { model, issues } = load(mode.example, overlay);
    assert.deepEqual(issues, []);
    assert.ok(!Object.hasOwn(model!.serving, mode.name));
  });

  it("is excluded by every mode that it excludes", () => {
    for (const name of mode.excludes) {
      const other = modes[name];
      if (other === undefined) continue;
      assert.ok(other.excludes.includes(mode.name), `${name} does not exclude ${mode.name}`);
      const { issues } = load(mode.example + other.example);
      assert.ok(issues.some(({ code }) => code === "serving-exclusive"), `${mode.name} beside ${name}`);
    }
  });

  it("says in one line what it is", () => {
    const line = mode.summarise(example(), example().serving[mode.name]!);
    assert.match(line, new RegExp(`^${mode.name} \\S`));
    assert.ok(line.length <= 60, line);
  });

  planned(mode, () => mode.plan({ model: example(), serving: example().serving[mode.name]!, facts }), example);
}

function planned(mode: ServingMode, planOf: () => ModePlan, example: () => ResolvedModel): void {
  it("plans well-formed resources below the model", () => {
    const names = new Set<string>();
    for (const resource of planOf().resources) {
      const { type, name, parent, autoNamed } = resource;
      assert.ok(Object.hasOwn(namingRules, type), type);
      assert.equal(parent, example().name);
      assert.ok((autoNamed === true || name.startsWith(`${parent}/`)) && !names.has(name), name);
      names.add(name);
      const rule = namingRules[type];
      if (rule !== null) assert.match(physicalNameOf(resource) ?? "", rule.pattern);
    }
  });

  it("names every variant", () => {
    const variants = planOf().resources.flatMap(variantsOf);
    assert.deepEqual(variants.map(({ variantName }) => variantName), planOf().watch.map(({ variantName }) => variantName));
    assert.equal(variants.length > 0, planOf().endpointName !== undefined);
  });

  it("makes an endpoint, an environment or jobs", () => {
    const { endpointName, environmentName, outputs, resources } = planOf();
    const made = [endpointName, environmentName, "jobPrefix" in outputs ? outputs.jobPrefix : undefined].filter((name) => name !== undefined);
    assert.equal(made.length, 1);
    // Jobs come and go; what stays is the model that they run.
    if (made[0] === endpointName || made[0] === environmentName) assert.ok(resources.some((resource) => physicalNameOf(resource) === made[0]));
    else assert.ok(resources.some(({ type }) => type === "aws:sagemaker/model:Model"));
  });

  it("exports the endpoint that it plans", () => {
    const names = planOf().resources.map(({ name }) => name);
    const refs = refsIn(planOf().outputs);
    assert.ok(refs.length > 0);
    // Its own, or what the stack shares: the bucket that a queue writes to.
    for (const { $ref } of refs) assert.ok(names.includes($ref) || $ref.startsWith("shared/"), $ref);
    assert.ok(refs.some(({ $ref }) => names.includes($ref)));
  });

  it("costs no less than nothing, with the arithmetic shown", () => {
    assert.ok(planOf().cost.length > 0);
    for (const { item, basis, fixedMonthly, maximumMonthly } of planOf().cost) {
      assert.ok(0 <= fixedMonthly && fixedMonthly <= maximumMonthly, item);
      assert.match(basis, /^\$[\d.]+.* × /);
    }
  });

  it("is watched by metrics that it publishes, and by no others", () => {
    const { publishes } = planOf();
    for (const name of publishes) assert.ok(metrics[name].publishedBy.includes(mode.name), name);
    const alarms = allResources(planStack([example()], facts).plan!).flatMap(({ inputs }) => ("metricName" in inputs ? [String(inputs.metricName)] : []));
    assert.ok(alarms.length > 0);
    const names = publishes.map((name) => metrics[name].metricName ?? name);
    for (const metric of alarms) assert.ok(names.includes(metric), metric);
  });

  it("stands in a whole plan without an issue", () => {
    const { plan, issues } = planStack([example()], facts);
    assert.deepEqual(issues, []);
    assert.equal(plan!.models[0]!.serving[0]!.planned, true);
    assert.equal(plan!.models[0]!.serving[0]!.endpointName, planOf().endpointName);
  });
}

type Fields = { readonly [name: string]: JsonSchema };

/** Each default has a field in the schema; each field a description, and its default where there is one. */
function walk(schema: JsonSchema, defaults: { readonly [field: string]: Json }, written: JsonSchema, at: string): void {
  const properties = Object.entries(schema.properties as Fields);
  const resolved = properties.map(([key, field]) => String(field["x-field"] ?? key));
  for (const field of Object.keys(defaults)) assert.ok(resolved.includes(field), `${at}: the default of ${field} belongs to no field`);
  for (const [key, field] of properties) {
    const value = defaults[String(field["x-field"] ?? key)];
    const inSchema = (written.properties as Fields)[key]!;
    assert.equal(typeof field.description, "string", `${at}.${key} has no description`);
    if (value === undefined || value === null) continue;
    if (typeof value === "object" && !Array.isArray(value)) walk(field, value as never, inSchema, `${at}.${key}`);
    else assert.notEqual(inSchema.default, undefined, `${at}.${key} does not say its default`);
  }
}

function variantsOf(resource: PlannedResource): { variantName: string }[] {
  if (resource.type !== "aws:sagemaker/endpointConfiguration:EndpointConfiguration") return [];
  return resource.inputs.productionVariants as unknown as { variantName: string }[];
}

/** The mode's example with something else in it. */
function changedExample(mode: ServingMode, change: (fields: import("yaml").YAMLMap) => void): string {
  const document = parseDocument(mode.example);
  const fields = document.get(mode.name);
  assert.ok(isMap(fields));
  change(fields);
  return document.toString();
}

/** A registry of one descriptor that is served as the fragment says. */
function registryOf(serving: string, rest: string): Parameters<typeof loadRegistry>[0] {
  const descriptor = [
    "name: example",
    "description: An example.",
    "owner: examples",
    "runtime: forecast",
    "contract: contracts/example.yaml",
    `versions: { v1: { artifact: s3://example-models/v1/model.tar.gz, sha256: "${"12".repeat(32)}" } }`,
    "settings: { label: v1 }",
    "traffic: { v1: 100 }",
    "serving:",
    ...serving.trimEnd().split("\n").map((line) => `  ${line}`),
    rest,
    "",
  ].join("\n");
  const contract = [
    "request: { type: object, additionalProperties: false, required: [n], properties: { n: { type: number, description: A number. } } }",
    "response: { type: object, additionalProperties: false, required: [n], properties: { n: { type: number, description: A number. } } }",
    "examples: [{ name: one, request: { n: 1 }, response: { n: 1 } }]",
    "",
  ].join("\n");
  return {
    descriptors: [{ path: "registry/models/example.yaml", content: Buffer.from(descriptor) }],
    contracts: [{ path: "registry/contracts/example.yaml", content: Buffer.from(contract) }],
  };
}
