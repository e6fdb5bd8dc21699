import assert from "node:assert/strict";
import fc from "fast-check";
import type { StackOutputs } from "../../contract/outputs";
import type { PlannedResource } from "../../contract/resources";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import { hasBeanstalk, partitionOf, regionNamedIn, regionNames } from "../../planning/regions";
import { dataBucketName } from "../../planning/naming";
import type { ResolvedModel } from "../../planning/types";
import { allResources, asyncServing, facts, model, ofType, planned, realtimeServing, refsIn as refs } from "./support/resolved";

const IMAGE = "awsx:ecr:Image";
const ROLE = "aws:iam/role:Role";
const HOME = facts.region;

const refsIn = (value: unknown): string[] => refs(value).map(({ $ref }) => $ref);
const names = (resources: readonly PlannedResource[]): string[] => resources.map(({ name }) => name);
const inRegion = (resources: readonly PlannedResource[], region: string): PlannedResource[] => resources.filter((resource) => (resource.region ?? HOME) === region);

const fallback = { beanstalk: { ...beanstalkDefaults, instanceType: "m5.large" } as never };
const candidates: readonly ResolvedModel[] = [
  model({ name: "a-serverless" }),
  model({ name: "b-realtime", serving: { realtime: realtimeServing({ instances: 2 }) }, fallback }),
  model({ name: "c-async", serving: { async: asyncServing() } }),
  model({ name: "d-own", runtime: null, container: { image: `111122223333.dkr.ecr.${HOME}.amazonaws.com/own@sha256:${"1".repeat(64)}` }, serving: { realtime: realtimeServing() } }),
];
const regionOfModel = fc.constantFrom(null, HOME, "ap-south-1", "eu-west-3");
const placements = fc.tuple(regionOfModel, regionOfModel, regionOfModel);

describe("the table of regions", () => {
  it("holds the regions of the seeds, in the partition of ordinary accounts", () => {
    for (const region of ["ap-south-1", "eu-west-3", "us-east-1"]) assert.deepEqual([partitionOf(region), hasBeanstalk(region)], ["aws", true]);
    assert.equal(partitionOf("cn-north-1"), "aws-cn");
    assert.equal(partitionOf("eu-west-9"), undefined);
    assert.equal(new Set(regionNames).size, regionNames.length);
  });

  it("finds a region in a name, and not in the middle of a word", () => {
    assert.equal(regionNamedIn("example-models-eu-west-3"), "eu-west-3");
    assert.equal(regionNamedIn("ap-south-1.example"), "ap-south-1");
    assert.equal(regionNamedIn("example-neu-west-31"), undefined);
    assert.equal(regionNamedIn("example-models"), undefined);
  });

  it("leaves room for an account and a stack in the name of every region's bucket", () => {
    const longest = regionNames.map((region) => (dataBucketName("environment-of16", region).$join as readonly unknown[]).map((part) => (typeof part === "string" ? part : "1".repeat(12))).join("").length);
    assert.ok(Math.max(...longest) <= 63);
  });
});

describe("a stack in several regions", () => {
  const elsewhere = planned([model({ name: "velib", region: "eu-west-3" }), model({ name: "stygig", region: "ap-south-1", serving: { async: asyncServing() } }), model({ name: "omni", region: HOME })]);

  it("is the same to the byte for a model that names the stack's own region", () => {
    const [silent, named] = [planned([model({ region: null })]), planned([model({ region: HOME })])];
    assert.equal(JSON.stringify(silent), JSON.stringify(named));
    assert.ok(allResources(silent).every(({ region }) => region === undefined));
  });

  it("makes one image in each region that needs one, one after the other, each with a tag of its own", () => {
    const images = ofType(elsewhere, IMAGE);
    assert.deepEqual(images.map(({ name, region, dependsOn }) => [name, region, dependsOn]), [
      ["shared/image", undefined, undefined],
      ["shared/ap-south-1/image", "ap-south-1", ["shared/image"]],
      ["shared/eu-west-3/image", "eu-west-3", ["shared/ap-south-1/image"]],
    ]);
    assert.equal(new Set(images.map(({ inputs }) => inputs.imageTag)).size, 3, "awsx names the image below it after the tag alone");
    assert.deepEqual(images.map(({ inputs }) => refsIn(inputs)), [["shared/repository"], ["shared/ap-south-1/repository"], ["shared/eu-west-3/repository"]]);
  });

  it("makes nothing in the stack's own region but the dashboard, what is published and who may call, where all models are elsewhere", () => {
    const plan = planned([model({ region: "eu-west-3" })]);
    assert.deepEqual([...new Set(inRegion(allResources(plan), HOME).map(({ type }) => type))].sort(), ["aws:cloudwatch/dashboard:Dashboard", "aws:iam/policy:Policy", "aws:ssm/parameter:Parameter"]);
  });

  it("says where each model is, in the plan, in its outputs and on the dashboard", () => {
    assert.deepEqual(elsewhere.models.map(({ name, region }) => [name, region]), [["omni", HOME], ["stygig", "ap-south-1"], ["velib", "eu-west-3"]]);
    const { models } = elsewhere.outputs as unknown as StackOutputs;
    assert.deepEqual(Object.values(models).map(({ region }) => region), [HOME, "ap-south-1", "eu-west-3"]);
    for (const { dashboardUrl } of Object.values(models)) assert.match(dashboardUrl!, /^https:\/\/us-east-1\.console\./);
    const [dashboard] = ofType(elsewhere, "aws:cloudwatch/dashboard:Dashboard");
    const { widgets } = (dashboard!.inputs.dashboardBody as unknown as { $json: { widgets: { type: string; properties: { region?: string; metrics?: unknown; alarms?: unknown[] } }[] } }).$json;
    const charts = widgets.filter(({ type }) => type === "metric");
    for (const [name, region] of [["velib-dev", "eu-west-3"], ["stygig-dev", "ap-south-1"], ["omni-dev", HOME]] as const) {
      const own = charts.filter(({ properties }) => JSON.stringify(properties.metrics).includes(`"${name}"`));
      assert.ok(own.length > 0);
      assert.deepEqual([...new Set(own.map(({ properties }) => properties.region))], [region]);
      const arns = JSON.stringify(widgets.find(({ type }) => type === "alarm")!.properties.alarms);
      assert.match(arns, new RegExp(`:cloudwatch:${region}:[^\\]]*:alarm:${name}-`));
    }
  });

  it("costs what the regions cost, each key where it is", () => {
    const items = elsewhere.cost.lines.map(({ item }) => item);
    assert.deepEqual(items.slice(0, 4), ["keys × 1", "dashboards × 1", "keys × 1 in ap-south-1", "keys × 1 in eu-west-3"]);
  });

  it("keeps, wherever models are, every reference within the region of who makes it", () => {
    fc.assert(
      fc.property(placements, (regions) => {
        const plan = planned(candidates.map((each, index) => ({ ...each, region: regions[index] ?? null })));
        const resources = allResources(plan);
        const byName = new Map(resources.map((resource) => [resource.name, resource]));
        assert.equal(byName.size, resources.length, "names are the plan's keys");
        for (const resource of resources) {
          if (/dashboard|iam\/policy:|ssm\/parameter/.test(resource.type)) continue;
          for (const name of [...refsIn(resource.inputs), ...(resource.dependsOn ?? [])]) {
            const other = byName.get(name);
            assert.ok(other, `${resource.name} refers to ${name}, which is not there`);
            if (resource.type === IMAGE && other.type === IMAGE) continue;
            assert.equal(other.region, resource.region, `${resource.name} and ${name}`);
          }
        }
        for (const { region } of plan.models) assert.ok(region === HOME || inRegion(resources, region).length > 0);
      }),
    );
  });

  it("gives a model that moves new names for whatever an account has once, and the same ones elsewhere", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2), fc.constantFrom("ap-south-1", "eu-west-3"), fc.constantFrom(HOME, "ca-central-1"), (which, from, to) => {
        const [before, after] = [from, to].map((region) => allResources(planned([{ ...candidates[which]!, region }])));
        const global = (resources: readonly PlannedResource[]): string[] => resources.filter(({ type }) => type === ROLE || type === "aws:iam/instanceProfile:InstanceProfile").map(({ type, inputs }) => `${type} ${String((inputs as { name?: string }).name)}`);
        assert.ok(global(before!).length > 0);
        assert.deepEqual(global(before!).filter((name) => global(after!).includes(name)), []);
        const own = (resources: readonly PlannedResource[]): PlannedResource[] => resources.filter(({ name }) => !name.startsWith("shared/"));
        // What holds its region carries it in its name, and is made anew; the logical names of the rest stay, so that Pulumi replaces each by its counterpart.
        const carries = ({ type, name }: PlannedResource): boolean => /:(Model|EndpointConfiguration)$/.test(type) || /\/(fallback|beanstalk)-(bundle|version)-/.test(name);
        const carrying = (resources: readonly PlannedResource[]): string[] => names(own(resources).filter(carries));
        assert.ok(carrying(before!).length > 0);
        assert.deepEqual(carrying(after!).filter((name) => carrying(before!).includes(name)), []);
        const stable = (resources: readonly PlannedResource[]): string[] => names(own(resources).filter((resource) => !carries(resource))).sort();
        assert.deepEqual(stable(after!), stable(before!));
      }),
    );
  });
});
