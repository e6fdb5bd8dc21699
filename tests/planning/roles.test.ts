import assert from "node:assert/strict";
import { alarmDefaults } from "../../planning/alarm-defaults";
import { batch } from "../../planning/modes/batch/mode";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import { multiModel } from "../../planning/modes/multiModel/mode";
import { defaultRollout } from "../../planning/rollout/resolve";
import type { ResolvedModel, ResolvedServing, StackFacts } from "../../planning/types";
import { shown, statementsOf } from "./support/policies";
import { allResources, asyncServing, model, ofType, planned, realtimeServing, serverlessServing } from "./support/resolved";

const OWNERS_KEY = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
const ARTIFACT_KEY = "arn:aws:kms:us-east-1:111122223333:key/11234567-89ab-cdef-0123-456789abcdef";
const two = [{ version: "v3", weight: 90 }, { version: "v4", weight: 10 }];
const versions = {
  v3: { artifact: "s3://example-velib-models/v3/model.tar.gz", sha256: "3".repeat(64), kmsKey: ARTIFACT_KEY },
  v4: { artifact: "s3://example-velib-models/v4/model.tar.gz", sha256: "4".repeat(64) },
  v5: { artifact: "s3://example-velib-models/v5/model.tar.gz", sha256: "5".repeat(64) },
};
const batchServing: ResolvedServing = { ...batch.defaults, instanceType: "ml.m5.large", schedule: { ...(batch.defaults.schedule as ResolvedServing), cron: "0 3 * * ? *" } };
const multiServing: ResolvedServing = { ...multiModel.defaults, instanceType: "ml.m5.large" };
const capture = { percent: 10, input: true, output: true, retentionDays: 30 };

/** Every mode with everything that it can ask for. */
const modes: { readonly [name: string]: Partial<ResolvedModel> } = {
  realtime: { serving: { realtime: realtimeServing({ capture }) }, traffic: [{ version: "v3", weight: 1 }], shadow: { version: "v4", percent: 10 }, rollout: defaultRollout },
  "two versions": { serving: { realtime: realtimeServing({ capture }) }, traffic: two, rollout: defaultRollout },
  serverless: { serving: { serverless: serverlessServing } },
  async: { serving: { async: asyncServing() } },
  batch: { serving: { batch: batchServing } },
  multiModel: { serving: { multiModel: multiServing } },
  beanstalk: { serving: { beanstalk: beanstalkDefaults } },
  fallback: { serving: { async: asyncServing(), batch: batchServing }, fallback: { beanstalk: beanstalkDefaults } },
};
const stacks: { readonly [name: string]: Partial<StackFacts> } = {
  "": {},
  "in a VPC": { networks: { "us-east-1": { kind: "created", cidr: "10.40.0.0/16", zones: 2, nat: "none", endpoints: [] } } },
  "with the owner's key": { keys: { "us-east-1": OWNERS_KEY } },
};

/**
 * What a role of `velib` may name, by what the ARN begins with. Its neighbour's
 * name begins with its own, so a pattern that ends too early is caught.
 */
function isOwn(arn: string, key: string, versionNames: readonly string[]): boolean {
  const own = [
    // Exactly its artifacts, nothing below.
    ...versionNames.map((version) => `arn:<partition>:s3:::example-velib-models/${version}/model.tar.gz`),
    "<shared/repository.arn>",
    key,
    ARTIFACT_KEY,
    "<velib/async-success-topic.arn>",
    "<velib/async-error-topic.arn>",
    "<velib/batch-dead-letters.arn>",
  ];
  const starts = [
    "<shared/data-bucket.arn>/velib/",
    "arn:<partition>:logs:us-east-1:<accountId>:log-group:/aws/sagemaker/Endpoints/velib-dev",
    // Behind a multi-model endpoint, which has a name of its own.
    "arn:<partition>:logs:us-east-1:<accountId>:log-group:/aws/sagemaker/Endpoints/velib-dev-versions",
    "arn:<partition>:logs:us-east-1:<accountId>:log-group:/aws/elasticbeanstalk/velib-dev/",
    "arn:<partition>:cloudwatch:us-east-1:<accountId>:alarm:velib-dev-",
    "arn:<partition>:sagemaker:us-east-1:<accountId>:transform-job/velib-dev-",
    "arn:<partition>:elasticbeanstalk:us-east-1:<accountId>:application/slipway-dev-velib",
    "arn:<partition>:elasticbeanstalk:us-east-1:<accountId>:environment/slipway-dev-velib/velib-dev",
    // Elastic Beanstalk's own bucket, below the folder that instances hand logs over in.
    "arn:<partition>:s3:::elasticbeanstalk-us-east-1-<accountId>/resources/environments/logs/",
    // One group for all transform jobs of an account, which SageMaker names.
    "arn:<partition>:logs:us-east-1:<accountId>:log-group:/aws/sagemaker/TransformJobs",
  ];
  const tokens = [/^<velib-dev-(beanstalk|fallback)-token\.arn>$/];
  return own.includes(arn) || tokens.some((token) => token.test(arn)) || starts.some((start) => arn.startsWith(start) && !arn.slice(start.length).startsWith("-"));
}

/** Actions for which AWS knows no resource, and what narrows each: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const withoutResource: { readonly [action: string]: string | undefined } = {
  "cloudwatch:PutMetricData": "cloudwatch:namespace",
  "ecr:GetAuthorizationToken": undefined,
  ...Object.fromEntries(["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "VpcEndpoints", "Vpcs"].map((what) => [`ec2:Describe${what}`, undefined])),
};
const interfaces = /^arn:<partition>:ec2:us-east-1:<accountId>:(network-interface|security-group|subnet)\/\*$/;

describe("the roles of a model", () => {
  for (const [stackName, stack] of Object.entries(stacks)) {
    const key = stack.keys === undefined ? "<shared/data-key.arn>" : OWNERS_KEY;
    for (const [mode, fields] of Object.entries(modes)) {
      it(`name nothing that is not the model's: ${[mode, stackName].join(" ").trim()}`, () => {
        const plan = planned([model({ name: "velib", versions, alarms: alarmDefaults, ...fields }), model({ name: "velib-lstm", versions, ...fields })], stack);
        const traffic = fields.traffic ?? [{ version: "v3" }];
        const served = [...traffic, ...(fields.shadow ? [fields.shadow] : [])].map(({ version }) => version);
        const policies = ofType(plan, "aws:iam/rolePolicy:RolePolicy").filter(({ parent }) => parent === "velib");
        assert.ok(policies.length > 0);
        for (const { name } of policies) {
          const statements = statementsOf(plan, name);
          const sids = statements.map(({ Sid }) => Sid);
          assert.equal(new Set(sids).size, sids.length, `each Sid once: ${sids.join(" ")}`);
          for (const { Sid, Effect, Action, Resource, Condition } of statements) {
            const conditions = Object.assign({}, ...Object.values(Condition)) as { readonly [key: string]: unknown };
            assert.equal(Effect, "Allow");
            if (Resource.includes("*")) {
              for (const action of Action) {
                assert.ok(action in withoutResource, `${name} ${Sid}: ${action}`);
                const narrowed = withoutResource[action];
                if (narrowed !== undefined) assert.ok(narrowed in conditions, `${Sid} by ${narrowed}`);
              }
            } else if (Action.every((action) => action === "s3:ListBucket")) {
              assert.deepEqual(Resource, ["<shared/data-bucket.arn>"]);
              for (const prefix of conditions["s3:prefix"] as string[]) assert.match(prefix, /^velib\/[a-z-]+\//, Sid);
            } else if (Action.some((action) => action.startsWith("ec2:"))) {
              assert.ok(stackName === "in a VPC" && Resource.every((arn) => interfaces.test(arn)), Sid);
              if (!Resource.every((arn) => arn.includes("network-interface"))) assert.equal(shown(conditions["ec2:Vpc"]), "arn:<partition>:ec2:us-east-1:<accountId>:vpc/<shared/network.vpcId>");
            } else for (const arn of Resource) assert.ok(isOwn(arn, key, served), `${name} ${Sid} names ${arn}`);
            // A key is used through the service that stores what it encrypts, or granted to one.
            if (Action.some((action) => /^kms:(Decrypt|GenerateDataKey)/.test(action))) assert.match(String(conditions["kms:ViaService"]), /^(s3|sns)\.us-east-1\.amazonaws\.com$/, Sid);
            if (Action.includes("kms:CreateGrant")) assert.equal(conditions["kms:GrantIsForAWSResource"], "true", Sid);
          }
        }
      });
    }
  }

  it("may do with the key what their modes do with it, and no more", () => {
    const keyActions = (fields: Partial<ResolvedModel>): { readonly [sid: string]: string } => {
      const plan = planned([model({ ...fields })]);
      return Object.fromEntries(statementsOf(plan, "velib-lstm/execution-policy").flatMap(({ Sid, Action, Resource }) => (Resource.includes("<shared/data-key.arn>") ? [[Sid, Action.join(" ")]] : [])));
    };
    const volumes = { UseKeyForVolumes: "kms:CreateGrant", UseKeyForVolumesDescribed: "kms:DescribeKey" };
    const both = "kms:Decrypt kms:GenerateDataKey";
    assert.deepEqual(keyActions({ serving: { serverless: serverlessServing } }), {});
    assert.deepEqual(keyActions({ serving: { realtime: realtimeServing() } }), volumes);
    assert.deepEqual(keyActions({ serving: { realtime: realtimeServing({ instanceType: "ml.g5.xlarge" }) } }), {});
    assert.deepEqual(keyActions({ serving: { realtime: realtimeServing({ capture }) } }), { UseKeyForObjects: both, ...volumes });
    assert.deepEqual(keyActions({ serving: { multiModel: multiServing } }), { UseKeyForObjects: "kms:Decrypt", ...volumes });
    assert.deepEqual(keyActions({ serving: { async: asyncServing() } }), { UseKeyForObjects: both, UseKeyForMessages: both, ...volumes });
  });

  it("decrypt an artifact with its owner's key, where it is said, and only the versions that are served", () => {
    const decrypts = (fields: Partial<ResolvedModel>): string[] => statementsOf(planned([model({ versions, ...fields })]), "velib-lstm/execution-policy").filter(({ Sid }) => Sid === "DecryptArtifacts").flatMap(({ Resource }) => Resource);
    assert.deepEqual(decrypts({ traffic: [{ version: "v3", weight: 1 }] }), [ARTIFACT_KEY]);
    assert.deepEqual(decrypts({ traffic: [{ version: "v4", weight: 1 }] }), []);
    const instances = statementsOf(planned([model({ versions, serving: { beanstalk: beanstalkDefaults } })]), "velib-lstm/beanstalk-instance-policy");
    assert.ok(instances.some(({ Sid, Resource }) => Sid === "DecryptArtifacts" && Resource.includes(ARTIFACT_KEY)));
  });
});

describe("the stack's key", () => {
  const everything = Object.entries(modes).map(([mode, fields]) => model({ name: mode.replace(" ", "-"), versions, ...fields }));

  it("is one, whatever is encrypted with it", () => {
    const plan = planned(everything);
    assert.deepEqual(ofType(plan, "aws:kms/key:Key").map(({ name }) => name), ["shared/data-key"]);
    assert.deepEqual(plan.cost.lines.filter(({ item }) => item.startsWith("keys")).map(({ item, fixedMonthly }) => [item, fixedMonthly]), [["keys × 1", 1]]);
    const key = { $ref: "shared/data-key", output: "arn" };
    for (const { inputs } of ofType(plan, "aws:sns/topic:Topic")) assert.deepEqual(inputs.kmsMasterKeyId, key);
    assert.ok(JSON.stringify(ofType(plan, "aws:scheduler/schedule:Schedule")).includes('"VolumeKmsKeyId"'));
  });

  it("is the owner's where the stack names one, and then none is made", () => {
    const plan = planned(everything, { keys: { "us-east-1": OWNERS_KEY } });
    assert.deepEqual(ofType(plan, "aws:kms/key:Key"), []);
    assert.ok(!JSON.stringify(allResources(plan)).includes("shared/data-key"));
    const [encryption] = ofType(plan, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    assert.equal(encryption!.inputs.rules[0]!.applyServerSideEncryptionByDefault.kmsMasterKeyId, OWNERS_KEY);
    for (const { inputs } of ofType(plan, "aws:sns/topic:Topic")) assert.equal(inputs.kmsMasterKeyId, OWNERS_KEY);
  });

  it("is not there where nothing is encrypted with it", () => {
    const off = Object.fromEntries(Object.keys(alarmDefaults).map((name) => [name, null])) as unknown as ResolvedModel["alarms"];
    assert.deepEqual(ofType(planned([model({ alarms: off })]), "aws:kms/key:Key"), []);
  });

  it("encrypts the disks of an endpoint, but where one of its types has them built in", () => {
    const keyOf = (...types: string[]) => ofType(planned([model({ serving: { realtime: realtimeServing({ instanceType: types[0]! }) }, traffic: types.map((instanceType, index) => ({ version: `v${index + 3}`, weight: 1, instanceType })) })]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration")[0]!;
    assert.deepEqual(keyOf("ml.m5.large").inputs.kmsKeyArn, { $ref: "shared/data-key", output: "arn" });
    for (const types of [["ml.g4dn.xlarge"], ["ml.g5.xlarge"], ["ml.c5d.large"], ["ml.m5.large", "ml.g5.xlarge"]]) assert.equal(keyOf(...types).inputs.kmsKeyArn, undefined, types.join());
    assert.notEqual(keyOf("ml.m5.large").name, planned([model({ serving: { realtime: realtimeServing({ instanceType: "ml.m5.large" }) } })], { keys: { "us-east-1": OWNERS_KEY } }).models[0]!.resources.find(({ type }) => type.includes("endpointConfiguration"))!.name, "another key is another config");
  });

  it("may be granted to services of AWS alone, and used by CloudWatch and EventBridge where they publish", () => {
    const sids = (plan: ReturnType<typeof planned>): string[] => statementsOf(plan, "shared/data-key").map(({ Sid }) => Sid);
    assert.deepEqual(sids(planned(everything)), ["Administer", "GrantToServices", "PublishAlarms", "PublishEvents"]);
    const grant = statementsOf(planned(everything), "shared/data-key").find(({ Action }) => Action.includes("kms:CreateGrant"))!;
    assert.deepEqual([grant.Action, grant.Condition], [["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }]);
  });
});
