import assert from "node:assert/strict";
import { planOf } from "../components/support/program";
import { place } from "../components/support/record";
import { Cloud } from "./provider/cloud";
import { serveProviders, type Providers } from "./provider/server";
import { findPulumi, Pulumi } from "./support/cli";
import { Project } from "./support/project";

const MODEL = "aws:sagemaker/model:Model";
const executable = findPulumi();

const created = (byte: number): string => `{ create: { cidr: 10.${byte}.0.0/16 } }`;
const existing = (digit: string): string =>
  `{ existing: { vpcId: vpc-${digit.repeat(17)}, cidr: 10.60.0.0/16, privateSubnetIds: [subnet-b${digit.repeat(16)}, subnet-a${digit.repeat(16)}], routeTableIds: [rtb-${digit.repeat(17)}] } }`;

describe("a stack in a network, on the real engine", () => {
  if (executable === undefined) {
    it("was NOT RUN: there is no pulumi; `npm run build:pulumi` builds one where Go is");
    return;
  }

  for (const [kind, networks] of Object.entries({ created: [created(40), created(41), created(42)], existing: [existing("1"), existing("2"), existing("3")] })) {
    describe(`that is ${kind}`, () => {
      let project: Project;
      let cloud: Cloud;
      let providers: Providers;
      let pulumi: Pulumi;

      before(async () => {
        project = new Project();
        const [home, india, paris] = networks;
        project.write("Pulumi.dev.yaml", `config:\n  aws:region: us-east-1\n  slipway:network:\n    us-east-1: ${home!}\n    ap-south-1: ${india!}\n    eu-west-3: ${paris!}\n`);
        cloud = new Cloud(place);
        providers = await serveProviders(cloud);
        pulumi = new Pulumi(executable, project.root, providers.environment);
        await pulumi.succeed("stack", "init", "dev");
      });
      after(() => {
        providers?.close();
        pulumi?.remove();
        project?.remove();
      });

      it("previews it: everything is to be created, and nothing is", async () => {
        const { steps } = await pulumi.json<{ readonly steps: readonly { readonly op: string; readonly urn: string }[] }>("preview", "--stack=dev", "--json");
        assert.deepEqual(new Set(steps.map(({ op }) => op)), new Set(["create"]));
        const names = steps.map(({ urn }) => urn.split("::").slice(3).join("::"));
        const plan = planOf(project.root, "dev");
        for (const { name } of [...plan.shared, ...plan.models.flatMap(({ resources }) => resources)]) assert.ok(names.includes(name), name);
        assert.equal(cloud.changes.length, 0);
      });

      it("brings it up: models in two private subnets, in a group, with what they need there before them", async () => {
        await pulumi.succeed("up", "--stack=dev", "--yes", "--skip-preview");
        const placed = [...cloud.list(MODEL).values()].flatMap(({ vpcConfig }) => (vpcConfig === undefined ? [] : [vpcConfig as { subnets: string[]; securityGroupIds: string[] }]));
        assert.ok(placed.length > 0);
        for (const { subnets, securityGroupIds } of placed) {
          assert.equal(new Set(subnets).size, 2);
          for (const subnet of subnets) assert.match(subnet, /^subnet-[0-9a-f]{17}$/);
          for (const group of securityGroupIds) assert.match(group, /^sg-/);
        }
        const made = cloud.changes.map(({ type }) => type);
        assert.equal(made.includes("aws:ec2/vpc:Vpc"), kind === "created");
        assert.ok(made.indexOf("aws:ec2/vpcEndpoint:VpcEndpoint") >= 0 && made.indexOf("aws:ec2/vpcEndpoint:VpcEndpoint") < made.indexOf("aws:sagemaker/endpoint:Endpoint"));
        for (const inputs of cloud.list("aws:ec2/vpcEndpoint:VpcEndpoint").values()) if (inputs.vpcEndpointType === "Gateway") for (const table of inputs.routeTableIds as string[]) assert.match(table, /^rtb-/);
      });

      it("up again: no change", () => pulumi.succeed("up", "--stack=dev", "--yes", "--skip-preview", "--expect-no-changes"));

      it("destroy: endpoints go before the groups, the groups before the network", async () => {
        const start = cloud.changes.length;
        await pulumi.succeed("destroy", "--stack=dev", "--yes", "--skip-preview");
        const gone = cloud.changes.slice(start).map(({ type }) => type);
        const [endpoint, group] = [gone.lastIndexOf("aws:sagemaker/endpoint:Endpoint"), gone.indexOf("aws:ec2/securityGroup:SecurityGroup")];
        assert.ok(endpoint >= 0 && group >= 0);
        if (kind === "created") assert.ok(gone.lastIndexOf("aws:ec2/securityGroup:SecurityGroup") < gone.lastIndexOf("aws:ec2/vpc:Vpc"));
        assert.deepEqual(cloud.all().filter(({ type }) => /^aws:(ec2|vpc)/.test(type)), []);
      });
    });
  }
});
