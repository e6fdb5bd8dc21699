import assert from "node:assert/strict";
import { buildStack } from "../../components";
import type { StackPlan } from "../../contract/plan";
import { ref, type PlannedResource } from "../../contract/resources";
import { differences, expected } from "./support/expected";
import { fixturePlan } from "./support/fixture-plan";
import { imageUri, record, type Recorded } from "./support/record";

const build = (plan: StackPlan): ReturnType<typeof record> => record(() => ({ ...buildStack(plan) }));

const topic = (inputs: object, rest: Partial<PlannedResource> = {}): PlannedResource =>
  ({ type: "aws:sns/topic:Topic", name: "shared/topic", parent: "shared", inputs, ...rest }) as PlannedResource;

describe("buildStack", () => {
  it("registers exactly what the plan holds: type, name, parent, inputs, dependencies, options", async () => {
    const plan = fixturePlan();
    const { resources } = await build(plan);
    assert.deepEqual(differences(resources, expected(plan)), []);
  });

  it("returns the outputs with every reference filled in", async () => {
    const { outputs } = await build(fixturePlan());
    assert.equal(outputs.outputsVersion, 1);
    assert.equal(outputs.stack, "dev");
    assert.equal((outputs.models as { tiny: { image: string } }).tiny.image, imageUri);
  });

  it("resolves markers inside a serialised document", async () => {
    const { resources } = await build(fixturePlan());
    const { policy } = resources.find(({ name }) => name === "tiny/role-policy")!.inputs;
    const [statement] = (JSON.parse(policy as string) as { Statement: { Resource: string[] }[] }).Statement;
    assert.deepEqual(statement!.Resource, [
      "arn:aws:ecr:us-east-1:111122223333:repository/slipway-dev",
      "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/Endpoints/tiny-dev",
    ]);
  });

  it("asks for the account only where the plan needs it", async () => {
    const withoutFacts = fixturePlan({ model: { resources: [] } });
    const { resources } = await build(withoutFacts);
    assert.deepEqual(differences(resources, expected(withoutFacts)), []);
  });

  it("hands a file of the repository to the engine as an asset, and content as it is", async () => {
    const object = (name: string, content: object): PlannedResource => ({ type: "aws:s3/bucketObjectv2:BucketObjectv2", name, parent: "shared", inputs: { bucket: "example", key: name, contentType: "application/gzip", ...content } });
    const { shared } = fixturePlan();
    const plan = fixturePlan({ model: { resources: [] }, shared: [...shared, object("shared/file", { file: "./package.json" }), object("shared/text", { contentBase64: "eA==" })] });
    const { resources } = await build(plan);
    assert.deepEqual(differences(resources, expected(plan)), []);
    assert.ok(!("file" in resources.find(({ name }) => name === "shared/file")!.inputs));
  });

  describe("refuses a plan that contradicts itself", () => {
    const refused = async (plan: StackPlan, message: RegExp): Promise<void> => assert.rejects(build(plan), message);

    it("a reference to nothing", () => refused(fixturePlan({ shared: [topic({ name: ref("shared/nowhere", "arn") })] }), /nothing in the plan is named "shared\/nowhere"/));
    it("an output that the resource does not have", () =>
      refused(
        fixturePlan({ model: { resources: [] }, shared: [topic({ name: "a" }), topic({ name: ref("shared/topic", "colour") }, { name: "shared/other" })] }),
        /"shared\/topic" has no output "colour"/,
      ));
    it("a circle", () =>
      refused(
        fixturePlan({ model: { resources: [] }, shared: [topic({ name: ref("shared/other", "arn") }), topic({ name: ref("shared/topic", "arn") }, { name: "shared/other" })] }),
        /in a circle: shared\/topic → shared\/other → shared\/topic/,
      ));
    it("two resources of one name", () => refused(fixturePlan({ shared: [topic({ name: "a" }), topic({ name: "b" })] }), /two planned resources are named "shared\/topic"/));
    it("a child that does not carry its parent's name", () => refused(fixturePlan({ shared: [topic({ name: "a" }, { name: "other/topic" })] }), /must be named "shared\/…"/));
    it("an owner that is not there", () => refused(fixturePlan({ shared: [topic({ name: "a" }, { parent: "nobody" })] }), /the owner "nobody" of "shared\/topic"/));
  });
});

describe("the comparison with the plan", () => {
  const wanted = expected(fixturePlan());
  const altered = (change: (resources: Recorded[]) => Recorded[]): string[] => differences(change([...wanted]), wanted);
  const edit = (name: string, part: Partial<Recorded>): string[] => altered((all) => all.map((resource) => (resource.name === name ? { ...resource, ...part } : resource)));

  it("passes what is the same, in any order", () => assert.deepEqual(altered((all) => all.reverse()), []));
  it("notices a resource that is skipped", () => assert.equal(altered((all) => all.slice(1)).length, 1));
  it("notices a resource too many", () => assert.equal(altered((all) => [...all, { ...all[0]!, name: "extra" }]).length, 1));
  it("notices a resource made twice", () => assert.equal(altered((all) => [...all, all[0]!]).length, 1));
  it("notices a dropped input", () => assert.equal(edit("tiny/role", { inputs: { name: "tiny-dev" } }).length, 1));
  it("notices another parent", () => assert.equal(edit("tiny/role", { parent: "shared" }).length, 1));
  it("notices a dependency that is gone", () => assert.equal(edit("tiny-dev-v1", { dependencies: [] }).length, 1));
  it("notices that a resource would not be kept", () => assert.equal(edit("tiny-dev-v1", { retainOnDelete: false }).length, 1));
});
