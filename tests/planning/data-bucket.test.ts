import assert from "node:assert/strict";
import type { PlannedResourceOf, ResourceInputs, ResourceType } from "../../contract/resources";
import { dataPrefix, planDataBucket } from "../../planning/data-bucket";
import { BUCKET_NAME_MAX_LENGTH, dataBucketName } from "../../planning/naming";
import { facts } from "./support/resolved";

const stored = [
  { prefix: "b/async/output/", expireAfterDays: 7 },
  { prefix: "a/async/input/", expireAfterDays: 30 },
  { prefix: "a/artifacts/", expireAfterDays: null },
];

describe("data bucket", () => {
  const resources = planDataBucket(facts, stored);
  const one = <Type extends ResourceType>(type: Type): ResourceInputs[Type] => {
    const found = resources.filter((resource): resource is PlannedResourceOf<Type> & (typeof resources)[number] => resource.type === type);
    assert.equal(found.length, 1, type);
    return found[0]!.inputs as ResourceInputs[Type];
  };

  it("has a name of this account and region, that S3 takes for the longest stack and region", () => {
    assert.deepEqual(dataBucketName("dev", "us-east-1"), { $join: ["slipway-dev-data-", { $fact: "accountId" }, "-us-east-1"] });
    for (const stack of ["dev", "a-very-long-stack-name-that-goes-on-and-on-and-on-for-ever", "Prod_EU"]) {
      const name = dataBucketName(stack, "ap-southeast-1").$join.map((part) => (typeof part === "string" ? part : "111122223333")).join("");
      assert.match(name, /^[a-z0-9][a-z0-9-]+[a-z0-9]$/);
      assert.ok(name.length <= BUCKET_NAME_MAX_LENGTH, name);
    }
    assert.notDeepEqual(dataBucketName("a-very-long-stack-name-one", "ap-southeast-1"), dataBucketName("a-very-long-stack-name-two", "ap-southeast-1"));
  });

  it("is private, encrypted with its own key, and reached over TLS only", () => {
    const { bucket: _, ...blocked } = one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    assert.deepEqual(Object.values(blocked), [true, true, true, true]);
    assert.equal(one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").rule.objectOwnership, "BucketOwnerEnforced");
    const { rules } = one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    assert.deepEqual(rules[0]!.applyServerSideEncryptionByDefault, { sseAlgorithm: "aws:kms", kmsMasterKeyId: { $ref: "shared/data-key", output: "arn" } });
    const { policy } = one("aws:s3/bucketPolicy:BucketPolicy") as unknown as { policy: { $json: { Statement: { [key: string]: unknown }[] } } };
    const [statement, ...more] = policy.$json.Statement;
    assert.deepEqual([statement!.Effect, statement!.Condition, more], ["Deny", { Bool: { "aws:SecureTransport": "false" } }, []]);
    assert.equal((statement!.Resource as unknown[]).length, 2, "the bucket and everything in it");
  });

  it("lets go of what each prefix says, by prefix, and of nothing that is to be kept", () => {
    const { rules } = one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    assert.deepEqual(
      rules.map(({ filter, expiration }) => [filter.prefix, expiration?.days]),
      [["", undefined], ["a/async/input/", 30], ["b/async/output/", 7]],
    );
    assert.deepEqual(planDataBucket(facts, [...stored].reverse()), resources, "whatever the order of the models");
  });

  it("makes every setting after what it needs", () => {
    const names = resources.map(({ name }) => name);
    for (const { name, dependsOn = [] } of resources) for (const other of dependsOn) assert.ok(names.indexOf(other) < names.indexOf(name), `${name} after ${other}`);
  });

  it("gives each model a prefix of its own", () => {
    assert.equal(dataPrefix({ name: "stygig-clip" }, "async", "input"), "stygig-clip/async/input/");
  });
});
