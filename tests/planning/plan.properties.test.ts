import assert from "node:assert/strict";
import fc from "fast-check";
import { namingRules } from "../../planning/naming";
import { planStack } from "../../planning/plan";
import type { ResolvedModel, StackFacts } from "../../planning/types";
import type { ResourceType } from "../../contract/resources";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import { multiModel } from "../../planning/modes/multiModel/mode";
import { shown } from "./support/policies";
import { allResources, asyncServing, facts, model, ofType, physicalNameOf, realtimeServing, refsIn, serverlessServing } from "./support/resolved";

const words = (maxLength: number) =>
  fc.stringMatching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/).filter((word) => word.length <= maxLength);

const instance = fc.constantFrom("ml.c5.large", "ml.m5.xlarge", "ml.g4dn.xlarge");

const scaling = fc.record({
  min: fc.option(fc.integer({ min: 1, max: 3 })),
  max: fc.integer({ min: 3, max: 9 }),
  cpuPercent: fc.integer({ min: 1, max: 100 }),
  requestsPerSecond: fc.option(fc.integer({ min: 1, max: 500 })),
});

const models: fc.Arbitrary<ResolvedModel[]> = fc.uniqueArray(
  fc.record({
    name: words(32),
    versions: fc.uniqueArray(fc.tuple(words(16), fc.integer({ min: 0, max: 5 }), fc.option(instance)), {
      minLength: 1,
      maxLength: 10,
      selector: ([version]) => version,
    }),
    realtime: fc.option(fc.record({ capture: fc.boolean(), instanceType: instance, instances: fc.integer({ min: 1, max: 3 }), scaling: fc.option(scaling) })),
  }),
  { maxLength: 5, selector: ({ name }) => name },
).map((drawn) =>
  drawn.map(({ name, versions, realtime }) => {
    const shares = realtime === null ? versions.slice(0, 1) : versions;
    return model({
      name,
      versions: Object.fromEntries(versions.map(([version]) => [version, { artifact: `s3://example-${name}/${version}/model.tar.gz`, sha256: "7".repeat(64) }])),
      traffic: shares.map(([version, weight, type]) => ({ version, weight, ...(type === null || realtime === null ? {} : { instanceType: type }) })),
      serving:
        realtime === null
          ? { serverless: serverlessServing }
          : {
              realtime: realtimeServing({
                instanceType: realtime.instanceType,
                instances: realtime.instances,
                ...(realtime.capture ? { capture: { percent: 5, input: true, output: true, retentionDays: 30 } } : {}),
                ...(realtime.scaling === null ? {} : { scaling: realtime.scaling }),
              }),
            },
    });
  }),
);

const stack = words(16);
const networks: fc.Arbitrary<StackFacts["networks"]> = fc.constantFrom<NonNullable<StackFacts["networks"]>[string] | undefined>(
  undefined,
  { kind: "created", cidr: "10.40.0.0/16", zones: 3, nat: "none", endpoints: ["sagemaker.runtime"] },
  { kind: "created", cidr: "10.40.0.0/16", zones: ["us-east-1a", "us-east-1c"], nat: "perZone", endpoints: [] },
  { kind: "existing", vpcId: "vpc-0123456789abcdef0", cidr: "10.50.0.0/16", privateSubnetIds: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"], publicSubnetIds: [], securityGroupIds: [], routeTableIds: [] },
).map((network) => (network === undefined ? {} : { [facts.region]: network }));
const keys = fc.constantFrom({}, { [facts.region]: "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef" });
const plans = fc.tuple(models, stack, networks, keys).map(([drawn, name, named, owned]) => {
  const { plan, issues } = planStack(drawn, { ...facts, stack: name, networks: named ?? {}, keys: owned });
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
});

/** One model for each mode that keeps something, beside those that were drawn. */
const keepers = [
  model({ name: "keeps-queue", serving: { async: asyncServing() } }),
  model({ name: "keeps-bundle", serving: { beanstalk: beanstalkDefaults } }),
  model({ name: "keeps-versions", serving: { multiModel: { ...multiModel.defaults, instanceType: "ml.m5.large" } } }),
];
const keeping = fc.tuple(models, fc.subarray(keepers), stack, networks, keys).map(([drawn, more, name, named, owned]) => {
  const { plan, issues } = planStack([...drawn, ...more], { ...facts, stack: name, networks: named ?? {}, keys: owned });
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
});

const parameters = { numRuns: 60 };

describe("planStack, whatever the models", () => {
  it("gives the same bytes for the same models in any order", () => {
    fc.assert(
      fc.property(models, stack, fc.infiniteStream(fc.nat()), (drawn, name, keys) => {
        const bytes = (list: readonly ResolvedModel[]): string => JSON.stringify(planStack(list, { ...facts, stack: name }));
        const shuffled = drawn.map((each) => [keys.next().value ?? 0, each] as const).sort(([a], [b]) => a - b).map(([, each]) => each);
        assert.equal(bytes(shuffled), bytes(drawn));
        assert.equal(bytes(drawn), bytes(drawn));
      }),
      parameters,
    );
  });

  it("gives a plan that JSON carries whole", () => {
    fc.assert(fc.property(plans, (plan) => assert.deepStrictEqual(JSON.parse(JSON.stringify(plan)), plan)), parameters);
  });

  it("names every resource once, below its component", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const names = allResources(plan).map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
        for (const { name, parent, autoNamed } of allResources(plan)) assert.equal(name.startsWith(`${parent}/`), autoNamed !== true, name);
      }),
      parameters,
    );
  });

  it("refers only to resources that come before, in the stack's own part or the model's", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { resources } of plan.models) {
          const before = new Set<string>();
          for (const resource of [...plan.shared, ...resources]) {
            for (const name of [...refsIn(resource.inputs).map(({ $ref }) => $ref), ...(resource.dependsOn ?? [])]) {
              assert.ok(before.has(name), `${resource.name} refers to ${name}`);
            }
            before.add(resource.name);
          }
        }
        const all = new Set(allResources(plan).map(({ name }) => name));
        for (const { $ref } of refsIn(plan.outputs)) assert.ok(all.has($ref), $ref);
      }),
      parameters,
    );
  });

  it("gives AWS names that each service takes, and no two of one type alike", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const seen = new Set<string>();
        for (const resource of allResources(plan)) {
          const name = physicalNameOf(resource);
          const rule = namingRules[resource.type];
          if (name === undefined || rule === null) continue;
          assert.ok(name.length <= rule.maxLength, `${name} is longer than ${rule.maxLength}`);
          assert.match(name, rule.pattern);
          assert.ok(!seen.has(`${resource.type} ${name}`), name);
          seen.add(`${resource.type} ${name}`);
        }
      }),
      parameters,
    );
  });

  it("makes no bucket that anybody from outside gets into, or that is reached without TLS", () => {
    let buckets = 0;
    fc.assert(
      fc.property(keeping, (plan) => {
        for (const { inputs, name } of ofType(plan, "aws:s3/bucket:Bucket")) {
          buckets += 1;
          const its = <Type extends ResourceType>(type: Type) => ofType(plan, type).filter((resource) => refsIn((resource.inputs as { bucket?: unknown }).bucket).some(({ $ref }) => $ref === name));
          const [block, ...more] = its("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
          assert.deepEqual([more, block?.inputs.blockPublicAcls, block?.inputs.blockPublicPolicy, block?.inputs.ignorePublicAcls, block?.inputs.restrictPublicBuckets], [[], true, true, true, true], name);
          const [policy] = its("aws:s3/bucketPolicy:BucketPolicy");
          const { Statement: statements } = (policy!.inputs.policy as unknown as { $json: { Statement: { Effect: string; Principal: unknown; Action: unknown; Condition: unknown; Resource: unknown[] }[] } }).$json;
          const [deny] = statements.filter(({ Effect, Principal, Action }) => Effect === "Deny" && Principal === "*" && Action === "s3:*");
          assert.deepEqual(deny?.Condition, { Bool: { "aws:SecureTransport": "false" } });
          assert.deepEqual(deny.Resource.map(shown), [`<${name}.arn>`, `<${name}.arn>/*`], "the bucket, and everything in it");
          assert.ok(statements.every(({ Effect }) => Effect === "Deny"), "its policy lets nobody in");
          assert.equal(its("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")[0]?.inputs.rules[0]?.applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
          assert.equal(its("aws:s3/bucketOwnershipControls:BucketOwnershipControls").length, 1);
          assert.ok(inputs.bucket);
        }
      }),
      parameters,
    );
    assert.ok(buckets > 0);
  });

  it("costs what its lines add up to, and never more at the lower end", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const cost of [plan.cost, ...plan.models.map((each) => each.cost)]) {
          for (const end of ["fixedMonthly", "maximumMonthly"] as const) {
            const sum = cost.lines.reduce((total, line) => total + Math.round(line[end] * 100), 0);
            assert.equal(Math.round(cost[end] * 100), sum);
          }
          assert.ok(cost.fixedMonthly <= cost.maximumMonthly);
        }
      }),
      parameters,
    );
  });
});
