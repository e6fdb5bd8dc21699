import assert from "node:assert/strict";
import type { StackOutputs } from "../../contract/outputs";
import { planStack } from "../../planning/plan";
import { allResources, facts, model, ofType, physicalNames, planned, realtimeServing, refsIn } from "./support/resolved";

const MODEL = "aws:sagemaker/model:Model";
const CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";

const abTest = model({
  name: "stygig-clip",
  serving: { realtime: realtimeServing() },
  traffic: [
    { version: "v3", weight: 90 },
    { version: "v4", weight: 10 },
  ],
});

describe("planStack", () => {
  it("plans velib as a serverless endpoint of 3072 MiB under names that carry their content", () => {
    const plan = planned([model()]);
    const [config] = ofType(plan, CONFIG);
    assert.deepEqual(config!.inputs.productionVariants, [
      {
        variantName: "v3",
        modelName: { $ref: ofType(plan, MODEL)[0]!.name, output: "name" },
        initialVariantWeight: 100,
        serverlessConfig: { memorySizeInMb: 3072, maxConcurrency: 5 },
      },
    ]);
    assert.match(physicalNames(plan, CONFIG)[0]!, /^velib-lstm-dev-[0-9a-f]{10}$/);
    assert.match(physicalNames(plan, MODEL)[0]!, /^velib-lstm-dev-v3-[0-9a-f]{10}$/);
    assert.deepEqual(physicalNames(plan, ENDPOINT), ["velib-lstm-dev"]);
  });

  it("turns weights into shares, and keeps a weight of 0 at 0", () => {
    assert.deepEqual(planned([abTest]).models[0]!.traffic, { v3: 0.9, v4: 0.1 });
    const parked = planned([{ ...abTest, traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 0 }] }]);
    assert.deepEqual(parked.models[0]!.traffic, { v3: 1, v4: 0 });
    const variants = ofType(parked, CONFIG)[0]!.inputs.productionVariants;
    assert.deepEqual(variants.map((variant) => variant.initialVariantWeight), [1, 0]);
  });

  it("changes the names of model and config, and nothing else, when an artifact changes", () => {
    const before = planned([abTest]);
    const changed = { ...abTest, versions: { ...abTest.versions, v4: { ...abTest.versions.v4!, sha256: "5".repeat(64) } } };
    const after = planned([changed]);
    const touched = allResources(before).filter((resource) => !JSON.stringify(after).includes(`"name":${JSON.stringify(resource.name)}`));
    assert.deepEqual(touched.map((resource) => resource.type), [MODEL, CONFIG]);
    assert.match(touched[0]!.name, /^stygig-clip-dev-v4-/);
    assert.notDeepEqual(physicalNames(before, MODEL)[1], physicalNames(after, MODEL)[1]);
    assert.equal(physicalNames(before, MODEL)[0], physicalNames(after, MODEL)[0]);
    assert.notDeepEqual(physicalNames(before, CONFIG), physicalNames(after, CONFIG));
    assert.deepEqual(physicalNames(before, ENDPOINT), physicalNames(after, ENDPOINT));
  });

  it("changes no immutable name when an alarm, an address or the budget changes", () => {
    const before = planned([abTest]);
    const after = planned([{ ...abTest, alarms: { ...abTest.alarms, cpu: null } }], { alarmEmails: [], monthlyBudget: 5000 });
    for (const type of [MODEL, CONFIG] as const) assert.deepEqual(physicalNames(after, type), physicalNames(before, type));
    assert.equal(after.models[0]!.alarms.length, before.models[0]!.alarms.length - 2);
  });

  it("changes the config and not the models when only the traffic moves", () => {
    const before = planned([abTest]);
    const after = planned([{ ...abTest, traffic: [{ version: "v3", weight: 50 }, { version: "v4", weight: 50 }] }]);
    assert.deepEqual(physicalNames(after, MODEL), physicalNames(before, MODEL));
    assert.notDeepEqual(physicalNames(after, CONFIG), physicalNames(before, CONFIG));
  });

  it("gives every model a new name when the sources of the image change", () => {
    const before = physicalNames(planned([abTest]), MODEL);
    const after = physicalNames(planned([abTest], { imageSourceSha256: "b".repeat(64) }), MODEL);
    for (const name of before) assert.ok(!after.includes(name), name);
  });

  it("keeps what a live endpoint may still need, and ignores another digest of the same sources", () => {
    const plan = planned([abTest]);
    for (const { retainOnDelete } of [...ofType(plan, MODEL), ...ofType(plan, CONFIG)]) assert.equal(retainOnDelete, true);
    for (const { ignoreChanges } of ofType(plan, MODEL)) assert.deepEqual(ignoreChanges, ["primaryContainer.image"]);
    assert.equal(ofType(plan, ENDPOINT)[0]!.retainOnDelete, undefined);
  });

  it("exports what an application needs, with references where AWS decides", () => {
    const { outputs } = planned([abTest]);
    assert.deepEqual(outputs, {
      outputsVersion: 1,
      stack: "dev",
      models: {
        "stygig-clip": {
          version: "v3",
          traffic: { v3: 0.9, v4: 0.1 },
          region: "us-east-1",
          contractSha256: "c".repeat(64),
          image: { $ref: "shared/image", output: "imageUri" },
          artifacts: { v3: "3".repeat(64), v4: "4".repeat(64) },
          serving: {
            realtime: {
              endpointName: { $ref: "stygig-clip/endpoint", output: "name" },
              endpointConfigName: refsIn(outputs).find(({ $ref }) => /^stygig-clip-dev-[0-9a-f]{10}$/.test($ref)),
              variants: ["v3", "v4"],
            },
          },
          invokePolicyArn: { $ref: "stygig-clip/invoke-policy", output: "arn" },
          alarms: planned([abTest]).models[0]!.alarms,
          dashboardUrl: "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/slipway-dev",
        },
      },
    });
  });

  it("exports the version with the most traffic; of equals, the first by name", () => {
    const versionOf = (v3: number, v4: number): string => {
      const { outputs } = planned([{ ...abTest, traffic: [{ version: "v3", weight: v3 }, { version: "v4", weight: v4 }] }]);
      return String(((outputs as StackOutputs).models["stygig-clip"]!).version);
    };
    assert.deepEqual([versionOf(1, 2), versionOf(2, 1), versionOf(1, 1), versionOf(0, 1)], ["v4", "v3", "v3", "v4"]);
  });

  it("publishes the same outputs where applications read them", () => {
    const plan = planned([model(), abTest]);
    const parameters = ofType(plan, "aws:ssm/parameter:Parameter");
    assert.deepEqual(parameters.map(({ inputs }) => inputs.name), ["/slipway/dev/models/stygig-clip", "/slipway/dev/models/velib-lstm"]);
    const merged = Object.assign({}, ...parameters.map(({ inputs }) => (inputs.value as unknown as { $json: { models: object } }).$json.models));
    assert.deepEqual(merged, (plan.outputs as StackOutputs).models);
  });

  it("names both files where two models would get one AWS name", () => {
    const one = model({ name: "velib_lstm" });
    const { plan, issues } = planStack([model(), one], facts);
    assert.equal(plan, undefined);
    assert.deepEqual(issues.map(({ code }) => code), ["name-collision"]);
    assert.match(`${issues[0]!.file} ${issues[0]!.message}`, /registry\/models\/velib_lstm\.yaml.*registry\/models\/velib-lstm\.yaml/);
  });

  it("refuses two descriptors of one name", () => {
    const { issues } = planStack([model(), model({ file: "registry/models/other.yaml" })], facts);
    assert.deepEqual(issues.map(({ code }) => code), ["name-collision"]);
  });

  it("refuses two versions that would become one variant", () => {
    const versions = { "v1.0": abTest.versions.v3!, "v1-0": abTest.versions.v4! };
    const { issues } = planStack([{ ...abTest, versions, traffic: [{ version: "v1.0", weight: 1 }, { version: "v1-0", weight: 1 }] }], facts);
    assert.ok(issues.some(({ code }) => code === "name-collision"));
  });

  it("refuses a serve spec that does not fit in the environment of a model", () => {
    const contract = { ...model().contract, request: { type: "object", description: "x".repeat(40_000) } };
    const { plan, issues } = planStack([model({ contract })], facts);
    assert.equal(plan, undefined);
    assert.deepEqual(issues.map(({ code, path }) => [code, path]), [["environment-too-large", "contract"]]);
  });

  it("lets a model bring its own image: no build, and rights on that image alone", () => {
    const image = `111122223333.dkr.ecr.eu-west-3.amazonaws.com/team/model@sha256:${"d".repeat(64)}`;
    const plan = planned([model({ runtime: null, container: { image } })], { region: "eu-west-3" });
    assert.deepEqual(ofType(plan, "awsx:ecr:Image"), []);
    const { primaryContainer } = ofType(plan, MODEL)[0]!.inputs;
    assert.equal(primaryContainer.image, image);
    assert.deepEqual(primaryContainer.environment, {});
    assert.match(JSON.stringify(ofType(plan, "aws:iam/rolePolicy:RolePolicy")[0]), /:ecr:eu-west-3:111122223333:repository\/team\/model/);
  });

  it("gives a model with its own image a new name when its artifact changes", () => {
    const own = model({ runtime: null, container: { image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/model@sha256:${"d".repeat(64)}` } });
    const repacked = { ...own, versions: { ...own.versions, v3: { ...own.versions.v3!, sha256: "8".repeat(64) } } };
    assert.notDeepEqual(physicalNames(planned([repacked]), MODEL), physicalNames(planned([own]), MODEL));
  });

  it("refuses an image that is not pinned by its digest", () => {
    const { issues } = planStack([model({ runtime: null, container: { image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/model:latest" } })], facts);
    assert.deepEqual(issues.map(({ code }) => code), ["image-not-pinned"]);
  });

  it("cannot be changed by whoever reads it", () => {
    const plan = planned([model()]);
    assert.throws(() => ((plan.models[0]!.resources[0]!.inputs as { name: string }).name = "other"), TypeError);
    assert.throws(() => (plan.shared as unknown[]).push(null), TypeError);
  });
});
