import assert from "node:assert/strict";
import { loadRegistry } from "../../planning";
import { batchDefaults } from "../../planning/modes/batch/schema";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import type { ResolvedModel, ResolvedServing } from "../../planning/types";
import { allResources, asyncServing, model, ofType, planned, realtimeServing } from "./support/resolved";

const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const versions = {
  v3: { artifact: "./models/v3/model.tar.gz", sha256: "3".repeat(64) },
  v4: { artifact: "s3://example-velib-models/v4/model.tar.gz", sha256: "4".repeat(64) },
};
const NAME = `velib-lstm/artifact-v3-${"3".repeat(12)}`;
const KEY = `velib-lstm/artifacts/v3-${"3".repeat(64)}.tar.gz`;
const uri = { $join: ["s3://", { $ref: NAME, output: "bucket" }, "/", { $ref: NAME, output: "key" }] };
const arn = { $join: [{ $ref: "shared/data-bucket", output: "arn" }, `/${KEY}`] };

const multiModel = { ...realtimeServing(), cache: true, memoryMiB: null } as ResolvedServing;
const batch = { ...batchDefaults, instanceType: "ml.m5.large" } as unknown as ResolvedServing;
const planOf = (fields: Partial<ResolvedModel>) => planned([model({ versions, ...fields })]);
const uploads = (plan: ReturnType<typeof planOf>) => ofType(plan, OBJECT).filter(({ inputs }) => inputs.file !== undefined);
const policy = (plan: ReturnType<typeof planOf>, name: string): { Sid: string; Action: unknown; Resource: unknown }[] => {
  const found = allResources(plan).find((resource) => resource.name === name)!;
  return (found.inputs as unknown as { policy: { $json: { Statement: { Sid: string; Action: unknown; Resource: unknown }[] } } }).policy.$json.Statement;
};

describe("artifacts from the repository", () => {
  it("are uploaded under a key that carries their content, and stay there", () => {
    const [upload, ...others] = uploads(planOf({ traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 1 }], serving: { realtime: realtimeServing() } }));
    assert.deepEqual(others, [], "v4 lies in S3");
    assert.deepEqual([upload!.name, upload!.inputs.key, upload!.inputs.file, upload!.retainOnDelete], [NAME, KEY, "./models/v3/model.tar.gz", true]);
  });

  it("are what every SageMaker model of theirs reads, and its role no other object of the bucket", () => {
    for (const serving of [{ serverless: model().serving.serverless! }, { realtime: realtimeServing() }, { async: asyncServing() }, { batch }]) {
      const plan = planOf({ serving });
      assert.equal(uploads(plan).length, 1);
      assert.deepEqual(ofType(plan, "aws:sagemaker/model:Model").map(({ inputs }) => inputs.primaryContainer.modelDataUrl), [uri], Object.keys(serving).join());
      const statements = policy(plan, "velib-lstm/execution-policy");
      assert.deepEqual(statements.find(({ Sid }) => Sid === "ReadArtifacts")!.Resource, [arn]);
      assert.ok([statements.find(({ Sid }) => Sid === "UseKeyForObjects")!.Action].flat().includes("kms:Decrypt"));
    }
  });

  it("are copied to the prefix of a multi-model endpoint, of every version", () => {
    const plan = planOf({ serving: { multiModel }, traffic: [{ version: "v4", weight: 1 }] });
    assert.equal(uploads(plan).length, 1, "v3 has no traffic, and may be asked for");
    assert.deepEqual(ofType(plan, "aws:s3/objectCopy:ObjectCopy").map(({ inputs }) => inputs.source), [{ $join: uri.$join.slice(1) }, "example-velib-models/v4/model.tar.gz"]);
  });

  it("are fetched by the instances of a fallback", () => {
    const plan = planOf({ fallback: { beanstalk: beanstalkDefaults } });
    const bundle = ofType(plan, OBJECT).find(({ inputs }) => inputs.contentBase64 !== undefined)!;
    const files = (bundle.inputs.contentBase64 as unknown as { $archive: { [path: string]: { $json: { artifact: unknown } } } }).$archive;
    assert.deepEqual(files["slipway/host.json"]!.$json.artifact, { sha256: "3".repeat(64), uri });
    assert.deepEqual(policy(plan, "velib-lstm/fallback-instance-policy").find(({ Sid }) => Sid === "ReadArtifact")!.Resource, arn);
  });

  it("are none where all lie in S3: no bucket is made for them", () => {
    const plan = planned([model()]);
    assert.deepEqual(uploads(plan), []);
    assert.deepEqual(ofType(plan, "aws:s3/bucket:Bucket"), []);
    assert.ok(!JSON.stringify(plan).includes("UseKeyForObjects"));
  });

  it("take a path below the repository, and no way out of it", () => {
    const codes = (artifact: string): string[] => {
      const descriptor = { name: "base", description: "A base.", owner: "velib", runtime: "forecast", contract: "contracts/base.yaml", versions: { v1: { artifact, sha256: "8e6a4110c4bbb81cb3012a98c5634d4ec19908095d939526c8289b043a1efaed" } }, traffic: { v1: 1 }, serving: { serverless: {} } };
      return loadRegistry({ descriptors: [{ path: "registry/models/base.yaml", content: Buffer.from(JSON.stringify(descriptor)) }], contracts: [] }).issues.map(({ code }) => code).filter((code) => code !== "contract-missing");
    };
    assert.deepEqual(codes("./models/v1/model.tar.gz"), []);
    for (const artifact of ["models/v1/model.tar.gz", "./../model.tar.gz", "./models/../../model.tar.gz", "/etc/model.tar.gz", "./models/v1/model.zip", "./models//model.tar.gz"]) assert.deepEqual(codes(artifact), ["artifact-url"], artifact);
  });

  it("of several gigabytes are too large for one upload", () => {
    const artifacts = [{ path: "./models/v1/model.tar.gz", sha256: "8e6a4110c4bbb81cb3012a98c5634d4ec19908095d939526c8289b043a1efaed", bytes: 5 * 1024 ** 3 + 1, unpackedBytes: 0 }];
    const descriptor = { name: "base", description: "A base.", owner: "velib", runtime: "forecast", contract: "contracts/base.yaml", versions: { v1: { artifact: artifacts[0]!.path, sha256: artifacts[0]!.sha256 } }, traffic: { v1: 1 }, serving: { realtime: { instance: "ml.m5.large" } } };
    const { issues } = loadRegistry({ descriptors: [{ path: "registry/models/base.yaml", content: Buffer.from(JSON.stringify(descriptor)) }], contracts: [], artifacts });
    assert.deepEqual(issues.map(({ code }) => code).filter((code) => !["contract-missing", "prod-single-instance"].includes(code)), ["artifact-too-large"]);
  });
});
