import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { StackPlan } from "../../contract/plan";
import { Project } from "../engine/support/project";
import { differences, expected } from "./support/expected";
import { planOf, repository, runProgram } from "./support/program";
import type { Recording } from "./support/record";

for (const stack of ["dev", "prod"]) {
  describe(`the program of the ${stack} stack`, () => {
    let plan: StackPlan;
    let recording: Recording;
    before(async () => {
      plan = planOf(repository, stack);
      recording = await runProgram(repository, stack);
    });

    it("registers exactly what is planned for the registry of this repository", () => {
      assert.ok(recording.resources.length > 10);
      assert.deepEqual(differences(recording.resources, expected(plan)), []);
    });

    it("registers each resource after those that it refers to", () => {
      const position = new Map(recording.resources.map(({ name }, index) => [name, index]));
      for (const { name, dependencies } of recording.resources) {
        for (const dependency of dependencies) assert.ok(position.get(dependency)! < position.get(name)!, `${name} before ${dependency}`);
      }
    });

    it("exports the outputs of every planned model, with nothing left to fill in", () => {
      assert.deepEqual(Object.keys(recording.outputs).sort(), ["models", "outputsVersion", "stack"]);
      assert.equal(recording.outputs.stack, stack);
      assert.deepEqual(Object.keys(recording.outputs.models as object), Object.keys((plan.outputs as { models: object }).models));
      assert.doesNotMatch(JSON.stringify(recording.outputs), /\$ref|\$join|\$json|\$fact/);
    });

    it("says of each model, on its component, what it exports", () => {
      const models = recording.outputs.models as { readonly [model: string]: object };
      for (const { name } of plan.models) assert.deepEqual(recording.componentOutputs.get(name), name in models ? { outputs: models[name] } : {});
      assert.ok(recording.componentOutputs.has("shared"));
    });

    it("publishes for each model what it exports", () => {
      const published = recording.resources.filter(({ type }) => type === "aws:ssm/parameter:Parameter");
      const models = recording.outputs.models as { readonly [model: string]: object };
      assert.equal(published.length, Object.keys(models).length);
      for (const { parent, inputs } of published) {
        assert.deepEqual(JSON.parse(inputs.value as string), { outputsVersion: 1, stack, models: { [parent]: models[parent] } });
      }
    });
  });
}

describe("the program on a registry with mistakes", () => {
  let project: Project;
  before(() => (project = new Project()));
  after(() => project.remove());

  it("refuses with every mistake of every file in one error, and creates nothing", async () => {
    project.edit("registry/models/velib-lstm.yaml", "memory: 3072 MiB", "memory: 2500 MiB");
    project.edit("registry/models/velib-lstm.yaml", "concurrency: 5", "concurency: 5");
    project.edit("Pulumi.dev.yaml", "slipway:monthlyBudget: 1500", "slipway:monthlyBudget: plenty");
    await assert.rejects(runProgram(project.root, "dev"), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error), "Pulumi prints a RunError without its stack");
      assert.match(error.message, /^3 errors; nothing was changed\n/);
      assert.match(error.message, /^registry\/models\/velib-lstm\.yaml:22:13 {2}error {2}[a-z-]+$/m);
      assert.match(error.message, /^registry\/models\/velib-lstm\.yaml:23:5 {2}error {2}[a-z-]+$/m);
      assert.match(error.message, /^Pulumi\.dev\.yaml:\d+:\d+ {2}error {2}[a-z-]+$/m);
      return true;
    });
  });

  it("refuses a region that is not the one that was planned for", async () => {
    const elsewhere = runProgram(repository, "dev", "eu-west-3");
    await assert.rejects(elsewhere, (error: Error) => pulumi.RunError.isInstance(error) && /create in eu-west-3, and Pulumi.dev.yaml says us-east-1/.test(error.message));
  });
});
