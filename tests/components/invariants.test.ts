import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namingRules, type NamingRule } from "../../planning/naming";
import { repository, runProgram } from "./support/program";
import type { Recorded } from "./support/record";

/**
 * What must hold for every resource of every stack, whoever planned it. Looks
 * at what is registered with the engine, so a mistake in any room shows here.
 */
/** Whether the provider lets a type be tagged, by its own declarations: what `@pulumi/aws/<module>/<type>.d.ts` says of its arguments. */
function takesTags(type: string): boolean {
  const [, path] = /^aws:([^:]+):/.exec(type) ?? [];
  if (path === undefined) return false;
  const [, args] = readFileSync(join(repository, "node_modules", "@pulumi", "aws", `${path}.d.ts`), "utf8").split(/^export interface \w+Args /m);
  return /^ {4}tags\?: /m.test(args ?? "");
}

for (const stack of ["dev", "prod"]) {
  describe(`every resource of the ${stack} stack`, () => {
    let resources: readonly Recorded[];
    before(async () => ({ resources } = await runProgram(repository, stack)));
    const all = (type: string): readonly Recorded[] => resources.filter((resource) => resource.type === type);

    it("carries its parent's name", () => {
      for (const { name, parent } of resources.filter(({ parent }) => parent !== `slipway-${stack}`)) {
        assert.ok(name.startsWith(`${parent}/`) || name.startsWith(`${parent}-`), name);
      }
    });

    it("has a name that AWS takes, and no other resource of its type has", () => {
      const seen = new Set<string>();
      for (const { type, name: logicalName, region, inputs } of resources) {
        const rule = (namingRules as { readonly [type: string]: NamingRule | null })[type];
        if (rule === null || rule === undefined) continue;
        // Where there is none, Pulumi makes it of the logical name.
        const name = (inputs.name as string | undefined) ?? (inputs.dashboardName as string | undefined) ?? logicalName;
        assert.match(name, rule.pattern);
        assert.ok(name.length <= rule.maxLength, name);
        // An account has one role of a name, and one dashboard, for all regions.
        const key = `${type} ${/^aws:(iam|cloudwatch\/dashboard)/.test(type) ? "" : region} ${name}`;
        assert.ok(!seen.has(key), name);
        seen.add(key);
      }
      assert.ok(seen.size > 5);
    });

    it("says whose it is, where AWS takes tags", () => {
      for (const { name, parent, inputs } of resources.filter(({ type }) => takesTags(type))) {
        const tags = inputs.tags as { readonly [key: string]: string } | undefined;
        assert.equal(tags?.["slipway:stack"], stack, name);
        if (parent === "shared") continue;
        assert.equal(tags["slipway:model"], parent, name);
        assert.ok(tags["slipway:owner"], name);
      }
    });

    it("is encrypted where it holds anything", () => {
      for (const { inputs } of all("aws:ecr/repository:Repository")) assert.match(JSON.stringify(inputs.encryptionConfigurations), /AES256|KMS/);
      for (const { inputs } of all("aws:sns/topic:Topic")) assert.match(String(inputs.kmsMasterKeyId), /^arn:aws:kms:/);
      for (const { inputs } of all("aws:kms/key:Key")) assert.equal(inputs.enableKeyRotation, true);
    });

    it("is a bucket only where nobody from outside gets in", () => {
      for (const { name, inputs: { bucket } } of all("aws:s3/bucket:Bucket")) {
        assert.match(bucket as string, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        const of = (setting: string) => all(`aws:s3/bucket${setting}:Bucket${setting}`).filter(({ inputs }) => inputs.bucket === bucket).map(({ inputs }) => inputs);
        const blocked = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
        assert.deepEqual(of("PublicAccessBlock"), [{ bucket, ...blocked }], name);
        assert.deepEqual(of("OwnershipControls"), [{ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }], name);
        assert.match(JSON.stringify(of("ServerSideEncryptionConfiguration")), /"sseAlgorithm":"aws:kms"/);
        for (const part of [/"Effect\\":\\"Deny/, /aws:SecureTransport/]) assert.match(JSON.stringify(of("Policy")), part);
      }
    });

    it("is no user, no access key, and no attachment of somebody else's policy but what Elastic Beanstalk asks for", () => {
      for (const { type } of resources) assert.doesNotMatch(type, /iam\/(user|accessKey|group)|s3\/bucketAcl/);
      // https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-servicerole.html
      const asked = ["arn:aws:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy", "arn:aws:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth"];
      for (const { type, inputs } of resources.filter(({ type }) => /[pP]olicyAttachment/.test(type))) {
        assert.equal(type, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
        assert.ok(asked.includes(inputs.policyArn as string), String(inputs.policyArn));
        assert.match(inputs.role as string, /-service(-[a-z]+-[a-z]+-[0-9])?$/);
      }
      assert.doesNotMatch(JSON.stringify(resources.filter(({ type }) => !type.includes("rolePolicyAttachment"))), /AmazonSageMakerFullAccess|:aws:policy\//);
    });

    it("grants no wildcard action, and grants nothing to everybody", () => {
      let statements = 0;
      // ECR calls what it deletes by a policy, too.
      for (const { name, inputs } of resources.filter(({ type }) => type !== "aws:ecr/lifecyclePolicy:LifecyclePolicy")) {
        for (const document of [inputs.policy, inputs.assumeRolePolicy].filter((value) => value !== undefined)) {
          for (const statement of (JSON.parse(document as string) as { Statement: { [key: string]: unknown }[] }).Statement) {
            statements += 1;
            if (statement.Effect === "Deny") continue;
            assert.ok(statement.Action !== undefined && statement.NotAction === undefined && statement.NotResource === undefined, name);
            for (const action of [statement.Action].flat()) assert.doesNotMatch(action as string, /\*/, name);
            assert.notEqual(statement.Principal, "*", name);
            assert.notEqual((statement.Principal as { AWS?: string } | undefined)?.AWS, "*", name);
          }
        }
      }
      assert.ok(statements >= 3);
    });

    it("may use every resource only where the service allows no less", () => {
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html and …list_amazoncloudwatch.html
      const takesNoResource = ["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData", ...["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "VpcEndpoints", "Vpcs"].map((what) => `ec2:Describe${what}`)];
      for (const { name, inputs } of all("aws:iam/rolePolicy:RolePolicy")) {
        for (const { Action, Resource } of (JSON.parse(inputs.policy as string) as { Statement: { Action: string | string[]; Resource: string | string[] }[] }).Statement) {
          if (![Resource].flat().includes("*")) continue;
          for (const action of [Action].flat()) assert.ok(takesNoResource.includes(action), `${name}: ${action}`);
        }
      }
    });

    it("lets only the service that a role is for take it, and of this account where the service says which", () => {
      for (const { name, inputs } of all("aws:iam/role:Role")) {
        const { Statement } = JSON.parse(inputs.assumeRolePolicy as string) as { Statement: { Principal: unknown; Condition?: unknown }[] };
        for (const { Principal, Condition } of Statement) {
          // EC2 and Elastic Beanstalk name no account when they take on a role.
          if (name.endsWith("-instance-role")) assert.deepEqual([Principal, Condition], [{ Service: "ec2.amazonaws.com" }, undefined], name);
          else if (name.endsWith("-service-role")) assert.deepEqual([Principal, Condition], [{ Service: "elasticbeanstalk.amazonaws.com" }, { StringEquals: { "sts:ExternalId": "elasticbeanstalk" } }], name);
          else {
            assert.deepEqual(Principal, { Service: name.endsWith("/batch-scheduler") ? "scheduler.amazonaws.com" : "sagemaker.amazonaws.com" }, name);
            assert.match(JSON.stringify(Condition), /aws:SourceAccount.*111122223333/, name);
          }
        }
      }
    });

    it("names every variant, with room for the service's own limits", () => {
      const configs = all("aws:sagemaker/endpointConfiguration:EndpointConfiguration");
      assert.ok(configs.length > 0);
      for (const { inputs } of configs) {
        const variants = inputs.productionVariants as { variantName?: string; serverlessConfig?: object; instanceType?: string }[];
        assert.ok(variants.length >= 1 && variants.length <= 10);
        for (const { variantName, serverlessConfig, instanceType } of variants) {
          assert.match(variantName ?? "", /^[a-z0-9](-*[a-z0-9]){0,62}$/);
          assert.equal((serverlessConfig === undefined) !== (instanceType === undefined), true, "either serverless or on instances");
        }
        assert.equal(new Set(variants.map(({ variantName }) => variantName)).size, variants.length);
      }
    });

    it("runs an image pinned by its digest, with a spec that fits", () => {
      for (const { inputs } of all("aws:sagemaker/model:Model")) {
        const { image, environment } = inputs.primaryContainer as { image: string; environment: { [name: string]: string } };
        assert.match(image, /@sha256:[0-9a-f]{64}$/);
        for (const value of Object.values(environment)) assert.ok(Buffer.byteLength(value) <= 1024);
      }
    });

    it("stays in AWS where a live endpoint may still need it", () => {
      const kept = resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type);
      assert.deepEqual([...new Set(kept)].sort(), ["aws:sagemaker/endpointConfiguration:EndpointConfiguration", "aws:sagemaker/model:Model", "awsx:ecr:Image"]);
      for (const { type, name, retainOnDelete } of resources) assert.equal(retainOnDelete, kept.includes(type), name);
    });

    it("is in one of three regions, and speaks of no other than its own", () => {
      assert.deepEqual([...new Set(resources.map(({ region }) => region))].sort(), ["", "ap-south-1", "eu-west-3"]);
      for (const { type, name, region, inputs } of resources) {
        // What is read in the stack's own region tells of all of them; a provider names the one that it is for.
        if (/^(aws:cloudwatch\/dashboard|aws:iam\/policy|aws:ssm\/parameter|pulumi:providers):/.test(type)) {
          if (type.startsWith("aws:")) assert.equal(region, "", name);
          continue;
        }
        const named = new Set([...JSON.stringify(inputs).matchAll(/\b(?:ap|eu|us)-[a-z]+-\d\b/g)].map(([text]) => text));
        named.delete(region === "" ? "us-east-1" : region);
        assert.deepEqual([...named], [], name);
      }
    });

    it("alarms somebody: every alarm has an action, and the topic is this stack's", () => {
      const alarms = all("aws:cloudwatch/metricAlarm:MetricAlarm");
      assert.ok(alarms.length > 0);
      for (const { name, region, inputs } of alarms) {
        const topic = `arn:aws:sns:${region || "us-east-1"}:111122223333:slipway-${stack}-alarms`;
        // The one that wakes a sleeping endpoint calls a scaling policy: nobody need act.
        const waking = inputs.metricName === "HasBacklogWithoutCapacity";
        if (waking) assert.match(String((inputs.alarmActions as string[])[0]), /^arn:aws:autoscaling:.*scalingPolicy/, name);
        else assert.deepEqual(inputs.alarmActions, [topic], name);
      }
    });
  });
}
