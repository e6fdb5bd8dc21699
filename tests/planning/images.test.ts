import assert from "node:assert/strict";
import { GPU_MACHINE_IMAGE } from "../../planning/images";
import { planStack } from "../../planning/plan";
import { asyncServing, facts, model, realtimeServing } from "./support/resolved";

const clip = (instanceType: string, fields: Parameters<typeof model>[0] = {}) => model({ name: "clip", runtime: "clip-embed", settings: {}, serving: { realtime: realtimeServing({ instanceType }) }, ...fields });

/** The images that are planned, and which of them each SageMaker model runs. */
function planned(...models: ReturnType<typeof model>[]) {
  const { plan, issues } = planStack(models, facts);
  assert.ok(plan !== undefined, JSON.stringify(issues));
  const all = [...plan.shared, ...plan.models.flatMap(({ resources }) => resources)];
  return {
    images: all.flatMap((resource) => (resource.type === "awsx:ecr:Image" ? [resource] : [])),
    runs: all.flatMap((resource) => (resource.type === "aws:sagemaker/model:Model" ? [(resource.inputs.primaryContainer as { image: { $ref: string } }).image.$ref] : [])),
    variants: all.flatMap((resource) => (resource.type === "aws:sagemaker/endpointConfiguration:EndpointConfiguration" ? (resource.inputs.productionVariants as readonly { readonly inferenceAmiVersion?: string }[]) : [])),
    outputs: (plan.outputs as { readonly models: { readonly [model: string]: { readonly image: { readonly $ref: string } } } }).models,
  };
}

describe("images", () => {
  it("are one, for processors, where no model is on GPUs that it would use", () => {
    for (const models of [[model()], [clip("ml.c5.large")], [model({ serving: { realtime: realtimeServing({ instanceType: "ml.g5.xlarge" }) } })], [clip("ml.inf2.xlarge")]]) {
      const { images, runs, variants } = planned(...models);
      assert.deepEqual(images.map(({ name }) => name), ["shared/image"]);
      assert.ok(runs.every((name) => name === "shared/image"));
      assert.ok(variants.every(({ inferenceAmiVersion }) => inferenceAmiVersion === undefined));
    }
  });

  it("are two where one is, and each model runs the one of its instances, under a driver that knows its CUDA", () => {
    for (const serving of [{ realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge" }) }, { async: asyncServing({ instanceType: "ml.g5.xlarge" }) }]) {
      const { images, runs, variants, outputs } = planned(clip("", { serving }), model());
      assert.deepEqual(images.map(({ name, inputs, dependsOn }) => [name, inputs.target, inputs.imageTag, dependsOn]), [
        ["shared/image", undefined, facts.imageSourceSha256, undefined],
        ["shared/gpu-image", "gpu", `${facts.imageSourceSha256}-gpu`, ["shared/image"]],
      ]);
      assert.ok(images.every(({ retainOnDelete }) => retainOnDelete));
      assert.deepEqual(runs.sort(), ["shared/gpu-image", "shared/image"]);
      assert.deepEqual(variants.map(({ inferenceAmiVersion }) => inferenceAmiVersion).sort(), [GPU_MACHINE_IMAGE, undefined]);
      assert.equal(outputs.clip!.image.$ref, "shared/gpu-image");
    }
  });

  it("are in each region what its models run, one built after the other", () => {
    const { images, runs } = planned(clip("ml.g4dn.xlarge", { region: "eu-west-3" }), model());
    assert.deepEqual(images.map(({ name, dependsOn }) => [name, dependsOn]), [
      ["shared/image", undefined],
      ["shared/eu-west-3/image", ["shared/image"]],
      ["shared/eu-west-3/gpu-image", ["shared/eu-west-3/image"]],
    ]);
    assert.equal(new Set(images.map(({ inputs }) => inputs.imageTag)).size, 3);
    assert.deepEqual(runs.sort(), ["shared/eu-west-3/gpu-image", "shared/image"]);
  });

  it("follow each version where versions are on instances of their own", () => {
    const { runs, outputs } = planned(clip("ml.c5.large", { traffic: [{ version: "v3", weight: 90 }, { version: "v4", weight: 10, instanceType: "ml.g5.xlarge" }] }));
    assert.deepEqual(runs, ["shared/image", "shared/gpu-image"]);
    assert.equal(outputs.clip!.image.$ref, "shared/image", "the image of the version that has most of the traffic");
  });

  it("are the owner's where the model brings one", () => {
    const image = `111122223333.dkr.ecr.us-east-1.amazonaws.com/example@sha256:${"0".repeat(64)}`;
    const { images, variants } = planned(clip("ml.g4dn.xlarge", { runtime: null, container: { image } }));
    assert.deepEqual(images, []);
    assert.ok(variants.every(({ inferenceAmiVersion }) => inferenceAmiVersion === undefined), "which driver it wants is for its owner to know");
  });

  it("give the model of another image another name", () => {
    const nameOf = (instanceType: string): string => planStack([clip(instanceType)], facts).plan!.models[0]!.resources.find(({ type }) => type === "aws:sagemaker/model:Model")!.name;
    assert.notEqual(nameOf("ml.g4dn.xlarge"), nameOf("ml.c5.large"));
    assert.equal(nameOf("ml.g5.xlarge"), nameOf("ml.g4dn.xlarge"));
  });
});
