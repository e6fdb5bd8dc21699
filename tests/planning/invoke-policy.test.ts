import assert from "node:assert/strict";
import { planStack } from "../../planning";
import { batchDefaults } from "../../planning/modes/batch/schema";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import type { ResolvedModel, ResolvedServing } from "../../planning/types";
import { allResources, asyncServing, facts, model, ofType, planned, realtimeServing } from "./support/resolved";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A marker as the text that it stands for, with what AWS fills in between angle brackets. */
function text(value: unknown): string {
  if (typeof value === "string") return value;
  const marker = value as { $join?: unknown[]; $ref?: string; output?: string; $fact?: string };
  if (marker.$join !== undefined) return marker.$join.map(text).join("");
  return marker.$ref === undefined ? `<${marker.$fact}>` : `<${marker.$ref}.${marker.output}>`;
}

/** `Sid: actions on resources`, of the policy for callers. */
function may(fields: Partial<ResolvedModel>, stack = {}): string[] {
  const plan = planned([model(fields)], stack);
  const [policy, ...others] = ofType(plan, "aws:iam/policy:Policy");
  assert.deepEqual(others, []);
  assert.equal(policy!.inputs.name, "slipway-dev-velib-lstm-invoke");
  const { Statement: statements } = (policy!.inputs.policy as unknown as { $json: { Statement: Statement[] } }).$json;
  assert.ok(statements.every(({ Effect }) => Effect === "Allow"));
  assert.equal(new Set(statements.map(({ Sid }) => Sid)).size, statements.length);
  return statements.map(({ Sid, Action, Resource, Condition }) => `${Sid}: ${[Action].flat().join(", ")} on ${[Resource].flat().map(text).join(", ")}${Condition === undefined ? "" : ` if ${JSON.stringify(Condition)}`}`);
}

const outputs = "ReadOutputs: ssm:GetParameter on arn:<partition>:ssm:us-east-1:<accountId>:parameter/slipway/dev/models/velib-lstm";
const endpoint = "arn:<partition>:sagemaker:us-east-1:<accountId>:endpoint/velib-lstm-dev";
const key = "UseDataKey: kms:Decrypt, kms:GenerateDataKey on <shared/data-key.arn> if {\"StringEquals\":{\"kms:ViaService\":\"s3.us-east-1.amazonaws.com\"}}";

describe("the policy for callers", () => {
  it("lets them call an endpoint, and no other", () => {
    assert.deepEqual(may({}), [outputs, `Invoke: sagemaker:InvokeEndpoint on ${endpoint}`]);
    assert.deepEqual(may({ serving: { realtime: realtimeServing() } }), [outputs, `Invoke: sagemaker:InvokeEndpoint on ${endpoint}`]);
    assert.ok(may({}, { region: "eu-west-3" }).every((line) => line.includes(":eu-west-3:")));
  });

  it("lets them ask for the versions of the descriptor alone", () => {
    const multiModel = { ...realtimeServing(), cache: true, memoryMiB: null } as ResolvedServing;
    assert.deepEqual(may({ serving: { multiModel } }), [
      outputs,
      `InvokeVersions: sagemaker:InvokeEndpoint on ${endpoint}-versions if {"StringEquals":{"sagemaker:TargetModel":["v3-333333333333.tar.gz","v4-444444444444.tar.gz"]}}`,
    ]);
  });

  it("lets them call both endpoints where versions by name stand beside the one with the traffic", () => {
    const multiModel = { ...realtimeServing(), cache: true, memoryMiB: null } as ResolvedServing;
    assert.deepEqual(may({ serving: { realtime: realtimeServing(), multiModel } }).map((line) => line.split(" if ")[0]), [
      outputs,
      `InvokeVersions: sagemaker:InvokeEndpoint on ${endpoint}-versions`,
      `Invoke: sagemaker:InvokeEndpoint on ${endpoint}`,
    ]);
  });

  it("lets them put requests into a queue, and read what became of them", () => {
    assert.deepEqual(may({ serving: { async: asyncServing() } }), [
      outputs,
      `InvokeAsync: sagemaker:InvokeEndpointAsync on ${endpoint}`,
      "PutRequests: s3:PutObject on <shared/data-bucket.arn>/velib-lstm/async/input/*",
      "ReadAnswers: s3:GetObject on <shared/data-bucket.arn>/velib-lstm/async/output/*, <shared/data-bucket.arn>/velib-lstm/async/failure/*",
      'LookForAnswers: s3:ListBucket on <shared/data-bucket.arn> if {"StringLike":{"s3:prefix":["velib-lstm/async/output/*","velib-lstm/async/failure/*"]}}',
      key,
    ]);
  });

  it("lets them run a batch job over a file of their own", () => {
    const batch = { ...batchDefaults, instanceType: "ml.m5.large" } as unknown as ResolvedServing;
    const jobs = "RunJobs: sagemaker:AddTags, sagemaker:CreateTransformJob, sagemaker:DescribeTransformJob on arn:<partition>:sagemaker:us-east-1:<accountId>:transform-job/velib-lstm-dev-*";
    const files = ["PutFiles: s3:PutObject on <shared/data-bucket.arn>/velib-lstm/batch/by-hand/*", "ReadBatchAnswers: s3:GetObject on <shared/data-bucket.arn>/velib-lstm/batch/output/*"];
    const volumes = (arn: string): string[] => [`EncryptVolumes: kms:CreateGrant on ${arn} if {"Bool":{"kms:GrantIsForAWSResource":"true"}}`, `EncryptVolumesDescribed: kms:DescribeKey on ${arn}`];
    assert.deepEqual(may({ serving: { batch } }), [outputs, jobs, ...files, ...volumes("<shared/data-key.arn>"), key]);
    const volumeKey = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
    assert.deepEqual(may({ serving: { batch: { ...batch, volumeKey } } }), [outputs, jobs, ...files, ...volumes(volumeKey), key]);
  });

  it("lets them read the token of an environment, and of a fallback beside the endpoint", () => {
    assert.deepEqual(may({ serving: { beanstalk: beanstalkDefaults } }), [outputs, "ReadToken: secretsmanager:GetSecretValue on <velib-lstm-dev-beanstalk-token.arn>"]);
    assert.deepEqual(may({ fallback: { beanstalk: beanstalkDefaults } }), [
      outputs,
      `Invoke: sagemaker:InvokeEndpoint on ${endpoint}`,
      "ReadFallbackToken: secretsmanager:GetSecretValue on <velib-lstm-dev-fallback-token.arn>",
    ]);
  });

  it("is in the outputs", () => {
    const { outputs: exported } = planned([model()]);
    assert.deepEqual((exported as { models: { [name: string]: { invokePolicyArn: unknown } } }).models["velib-lstm"]!.invokePolicyArn, { $ref: "velib-lstm/invoke-policy", output: "arn" });
  });

  it("is not longer than AWS takes, with as many versions as the outputs hold", () => {
    const serving = { multiModel: { ...realtimeServing(), cache: true, memoryMiB: null } as ResolvedServing };
    const versions = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a-longer-name-${index}`.slice(-16), { artifact: `s3://example-models/${index}/model.tar.gz`, sha256: index.toString(16).padStart(64, "0") }]));
    const lengths = Array.from({ length: 30 }, (_, index) => (index + 1) * 10).flatMap((count) => {
      const { plan } = planStack([model({ serving, versions: versions(count), traffic: [{ version: Object.keys(versions(count))[0]!, weight: 1 }] })], facts);
      return plan === undefined ? [] : [JSON.stringify(allResources(plan).find(({ type }) => type === "aws:iam/policy:Policy")!.inputs).length];
    });
    assert.ok(lengths.length > 5 && lengths.length < 30, "some are too many for the outputs");
    assert.ok(Math.max(...lengths) < 6144, lengths.join());
  });
});
