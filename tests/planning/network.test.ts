import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlannedResource, Ref } from "../../contract/resources";
import type { NetworkFacts } from "../../planning/network/facts";
import { parseStackFile } from "../../planning/stack-file";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import { layout } from "../engine/provider/vpc";
import { allResources, asyncServing, model, ofType, planned, realtimeServing } from "./support/resolved";

const created = (fields: Partial<Extract<NetworkFacts, { kind: "created" }>> = {}): NetworkFacts => ({ kind: "created", cidr: "10.40.0.0/16", zones: 2, nat: "none", endpoints: [], ...fields });
const existing = (fields: Partial<Extract<NetworkFacts, { kind: "existing" }>> = {}): NetworkFacts => ({
  kind: "existing",
  vpcId: "vpc-0123456789abcdef0",
  cidr: "10.50.0.0/16",
  privateSubnetIds: ["subnet-0bbbbbbbbbbbbbbbb", "subnet-0aaaaaaaaaaaaaaaa"],
  publicSubnetIds: [],
  securityGroupIds: [],
  routeTableIds: [],
  ...fields,
});
const within = (network: NetworkFacts) => ({ networks: { "us-east-1": network } });

const realtime = model({ name: "on-instances", serving: { realtime: realtimeServing() } });
const queued = model({ name: "queued", serving: { async: asyncServing() } });
const serverless = model();
const internal = model({ name: "inside", serving: { beanstalk: beanstalkDefaults } });
const open = model({
  name: "open",
  serving: { beanstalk: { ...beanstalkDefaults, exposure: "public", hostname: "a.example.com", certificate: "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef" } },
});

const GATEWAY = "shared/endpoint-s3";
type Plan = ReturnType<typeof planned>;
const interfaces = (plan: Plan): string[] => ofType(plan, "aws:ec2/vpcEndpoint:VpcEndpoint").filter(({ inputs }) => inputs.vpcEndpointType === "Interface").map(({ inputs }) => inputs.serviceName.replace("com.amazonaws.us-east-1.", ""));
const isNetwork = ({ type }: PlannedResource): boolean => /^aws(x:ec2|:ec2|:vpc)/.test(type);

/** `models → s3:443`, `everybody → public-balancer:443`: every rule of a plan, sorted. */
function flows(plan: Plan): string[] {
  const nameOf = (group: unknown): string => (group as Ref).$ref.replace("shared/", "").replace("-group", "");
  const peerOf = (inputs: { cidrIpv4?: string; prefixListId?: unknown; referencedSecurityGroupId?: unknown }): string => inputs.cidrIpv4 ?? (inputs.prefixListId === undefined ? nameOf(inputs.referencedSecurityGroupId) : "s3");
  const out = ofType(plan, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ inputs }) => `${nameOf(inputs.securityGroupId)} → ${peerOf(inputs)}:${inputs.fromPort}`);
  const into = ofType(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => `${peerOf(inputs)} ⇒ ${nameOf(inputs.securityGroupId)}:${inputs.fromPort}`);
  for (const { inputs } of ofType(plan, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")) assert.equal(inputs.fromPort, inputs.toPort);
  return [...out, ...into].sort();
}

describe("network", () => {
  it("is none where the stack names none: models in SageMaker's own, instances in the default VPC", () => {
    const plan = planned([realtime, internal]);
    assert.ok(!allResources(plan).some(isNetwork));
    assert.equal(ofType(plan, "aws:sagemaker/model:Model")[0]!.inputs.vpcConfig, undefined);
    assert.match(JSON.stringify(ofType(plan, "aws:elasticbeanstalk/environment:Environment")), /defaultVpcId/);
  });

  it("is none where nothing is served in it, and the plan says so", () => {
    const plan = planned([serverless], within(created()));
    assert.ok(!allResources(plan).some(isNetwork));
    assert.deepEqual(plan.warnings.map(({ code, path }) => [code, path]), [["network-unused", "config.slipway:network.us-east-1"]]);
    assert.match(plan.models[0]!.serving[0]!.summary, /outside the VPC$/);
  });

  describe("that is created", () => {
    it("holds models of every mode that takes one, and reaches S3 alone", () => {
      const plan = planned([realtime, queued, serverless], within(created()));
      const models = ofType(plan, "aws:sagemaker/model:Model");
      for (const { parent, inputs, dependsOn } of models) {
        if (parent === "velib-lstm") assert.equal(inputs.vpcConfig ?? inputs.enableNetworkIsolation, undefined);
        else assert.deepEqual(inputs.vpcConfig, { subnets: { $ref: "shared/network", output: "privateSubnetIds" }, securityGroupIds: [{ $ref: "shared/models-group", output: "id" }] });
        if (parent !== "velib-lstm") assert.deepEqual(dependsOn, [`${parent}/execution-policy`, GATEWAY, "shared/models-group-out-s3"]);
      }
      assert.equal(models.length, 3);
      assert.deepEqual(interfaces(plan), [], "SageMaker pulls images and writes logs by itself");
      assert.deepEqual(flows(plan), ["models → s3:443"]);
    });

    it("gives Elastic Beanstalk what an instance calls, one endpoint each, and nothing else to call", () => {
      const plan = planned([realtime, internal], within(created()));
      assert.deepEqual(interfaces(plan), ["cloudformation", "ecr.api", "ecr.dkr", "elasticbeanstalk", "elasticbeanstalk-health", "logs", "secretsmanager", "sqs"]);
      assert.deepEqual(flows(plan), ["10.40.0.0/16 ⇒ internal-balancer:80", "instances → endpoints:443", "instances → s3:443", "instances ⇒ endpoints:443", "internal-balancer → instances:80", "internal-balancer ⇒ instances:80", "models → s3:443"]);
      const [environment] = ofType(plan, "aws:elasticbeanstalk/environment:Environment");
      for (const name of [...interfaces(plan).map((service) => `shared/endpoint-${service.replace(".", "-")}`), GATEWAY, "shared/instances-group-out-endpoints"]) assert.ok(environment!.dependsOn!.includes(name), name);
      const setting = (name: string): unknown => environment!.inputs.settings.find((each) => each.name === name)?.value;
      assert.deepEqual(setting("Subnets"), { $ref: "shared/network", output: "privateSubnetIds", listed: true });
      assert.deepEqual(setting("ELBSubnets"), setting("Subnets"));
      assert.deepEqual([setting("AssociatePublicIpAddress"), setting("DisableDefaultEC2SecurityGroup")], ["false", "true"]);
      assert.deepEqual(setting("ManagedSecurityGroup"), { $ref: "shared/internal-balancer-group", output: "id" });
    });

    it("is open to everybody only at the load balancer that the descriptor opens, over TLS", () => {
      const plan = planned([open, internal], within(created()));
      const everybody = flows(plan).filter((flow) => flow.includes("0.0.0.0/0"));
      assert.deepEqual(everybody, ["0.0.0.0/0 ⇒ public-balancer:443"]);
      const environments = ofType(plan, "aws:elasticbeanstalk/environment:Environment");
      const subnets = environments.map(({ parent, inputs }) => [parent, (inputs.settings.find(({ name }) => name === "ELBSubnets")!.value as unknown as Ref).output]);
      assert.deepEqual(subnets, [["inside", "privateSubnetIds"], ["open", "publicSubnetIds"]]);
    });

    it("has a way to the Internet only where it asks for one, and then no endpoints for what goes that way", () => {
      const plan = planned([realtime, internal], within(created({ nat: "one" })));
      assert.deepEqual(interfaces(plan), []);
      assert.deepEqual(flows(plan).filter((flow) => flow.includes("0.0.0.0/0")), ["instances → 0.0.0.0/0:443", "models → 0.0.0.0/0:443"]);
      assert.deepEqual(ofType(plan, "awsx:ec2:Vpc")[0]!.inputs.natGateways, { strategy: "Single" });
    });

    it("adds the endpoints that the owner asks for, for the models and for whoever is in the VPC", () => {
      const plan = planned([realtime], within(created({ endpoints: ["sagemaker.runtime"] })));
      assert.deepEqual(interfaces(plan), ["sagemaker.runtime"]);
      assert.deepEqual(flows(plan), ["10.40.0.0/16 ⇒ endpoints:443", "models → endpoints:443", "models → s3:443"]);
    });

    it("costs its endpoints in every zone, and its NAT gateways with their addresses", () => {
      const linesOf = (network: NetworkFacts): [string, number][] => planned([internal], within(network)).cost.lines.filter(({ item }) => /VPC|NAT/.test(item)).map(({ item, fixedMonthly }) => [item, fixedMonthly]);
      assert.deepEqual(linesOf(created()), [["VPC endpoints × 8 in 2 zones", 116.8]]);
      assert.deepEqual(linesOf(created({ zones: ["us-east-1a", "us-east-1b", "us-east-1c"] })), [["VPC endpoints × 8 in 3 zones", 175.2]]);
      assert.deepEqual(linesOf(created({ nat: "one" })), [["NAT gateways × 1", 36.5]]);
      assert.deepEqual(linesOf(created({ nat: "perZone" })), [["NAT gateways × 2", 73]]);
      assert.deepEqual(linesOf(existing()), []);
    });

    it("keeps every subnet where it is when a zone, a NAT gateway or a public load balancer is added", () => {
      const subnets = (models: Parameters<typeof planned>[0], network: NetworkFacts) => layout(ofType(planned(models, within(network)), "awsx:ec2:Vpc")[0]!.inputs).map(({ number, type, cidrBlock }) => `${number} ${type} ${cidrBlock}`);
      fc.assert(
        fc.property(fc.integer({ min: 16, max: 21 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 2, max: 3 }), (prefix, byte, zones) => {
          const cidr = `10.${byte}.0.0/${prefix}`;
          const few = subnets([realtime], created({ cidr, zones }));
          for (const more of [subnets([realtime], created({ cidr, zones: zones + 1 })), subnets([realtime], created({ cidr, zones, nat: "one" })), subnets([realtime, open], created({ cidr, zones }))]) {
            for (const subnet of few) assert.ok(more.includes(subnet), `${subnet} of ${more.join(", ")}`);
            assert.equal(new Set(more.map((subnet) => subnet.split(" ")[2])).size, more.length, "each range once");
          }
        }),
        { numRuns: 40 },
      );
    });

    it("waits for what SageMaker leaves behind before it gives up", () => {
      for (const { deleteTimeout } of ofType(planned([realtime, internal], within(created())), "aws:ec2/securityGroup:SecurityGroup")) assert.equal(deleteTimeout, "60m");
    });
  });

  describe("that is there", () => {
    it("is left as it is: Slipway makes groups in it, and no endpoint", () => {
      const plan = planned([realtime, internal], within(existing()));
      assert.deepEqual(new Set(allResources(plan).filter(isNetwork).map(({ type }) => type.split(":")[2])), new Set(["SecurityGroup", "SecurityGroupEgressRule", "SecurityGroupIngressRule"]));
      const [first] = ofType(plan, "aws:sagemaker/model:Model");
      assert.deepEqual(first!.inputs.vpcConfig!.subnets, ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]);
      assert.match(JSON.stringify(ofType(plan, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")), /"prefixListId":{"\$fact":"s3PrefixListId"}/);
    });

    it("takes the owner's own groups for models, and then makes none", () => {
      const plan = planned([realtime], within(existing({ securityGroupIds: ["sg-0123456789abcdef0"] })));
      assert.ok(!allResources(plan).some(isNetwork));
      const [first] = ofType(plan, "aws:sagemaker/model:Model");
      assert.deepEqual(first!.inputs.vpcConfig!.securityGroupIds, ["sg-0123456789abcdef0"]);
      assert.deepEqual(first!.dependsOn, ["on-instances/execution-policy"]);
    });

    it("gets endpoints where its route tables are named", () => {
      const plan = planned([realtime, internal], within(existing({ routeTableIds: ["rtb-0123456789abcdef0"] })));
      assert.equal(interfaces(plan).length, 8);
      assert.ok(!flows(plan).some((flow) => flow.includes("0.0.0.0/0")));
    });
  });

  it("moves a model by making another: where it is belongs to its name", () => {
    const nameIn = (network?: NetworkFacts): string => ofType(planned([realtime], network === undefined ? {} : within(network)), "aws:sagemaker/model:Model")[0]!.name;
    const names = [nameIn(), nameIn(created()), nameIn(created({ cidr: "10.41.0.0/16" })), nameIn(existing()), nameIn(existing({ securityGroupIds: ["sg-0123456789abcdef0"] }))];
    assert.equal(new Set(names).size, names.length);
    assert.equal(nameIn(existing({ privateSubnetIds: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] })), nameIn(existing()), "whatever the order of its subnets");
  });

  it("is what only those may touch whose models are in it", () => {
    const sids = (plan: Plan, of: string): string[] => {
      const policy = ofType(plan, "aws:iam/rolePolicy:RolePolicy").find(({ name }) => name === `${of}/execution-policy`)!.inputs.policy as unknown as { $json: { Statement: { Sid: string }[] } };
      return policy.$json.Statement.map(({ Sid }) => Sid).filter((sid) => /Interfaces|Network/.test(sid));
    };
    const plan = planned([realtime, serverless], within(created()));
    assert.deepEqual(sids(plan, "on-instances"), ["PlaceInterfaces", "KeepInterfaces", "SeeNetwork"]);
    assert.deepEqual(sids(plan, "velib-lstm"), []);
    assert.deepEqual(sids(planned([realtime]), "on-instances"), []);
  });

  it("isolates a container that calls nobody, wherever it is; one that fetches photos it does not", () => {
    const isolated = (fields: Parameters<typeof model>[0]) => ofType(planned([model({ serving: { realtime: realtimeServing() }, ...fields })]), "aws:sagemaker/model:Model")[0]!.inputs.enableNetworkIsolation;
    assert.equal(isolated({}), true);
    assert.equal(isolated({ runtime: "image-search" }), true);
    assert.equal(isolated({ runtime: "clip-embed" }), undefined);
    assert.equal(isolated({ runtime: "clip-recommend" }), undefined);
    assert.equal(isolated({ serving: { serverless: serverless.serving.serverless! } }), undefined);
    assert.equal(isolated({ runtime: null, container: { image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/own@sha256:${"1".repeat(64)}` } }), undefined);
  });

  it("is read as it is written, and numbers may be text, as `pulumi config set` writes them", () => {
    const read = (network: unknown) => parseStackFile({ path: "Pulumi.dev.yaml", content: Buffer.from(JSON.stringify({ config: { "aws:region": "us-east-1", "slipway:network": { "us-east-1": network } } })) });
    assert.deepEqual(read({ create: { cidr: "10.40.0.0/16", zones: "3" } }).settings!.networks, within(created({ zones: 3 })).networks);
    const { vpcId, cidr, privateSubnetIds } = existing() as Extract<NetworkFacts, { kind: "existing" }>;
    assert.deepEqual(read({ existing: { vpcId, cidr, privateSubnetIds } }).settings!.networks, within(existing()).networks);
  });

  it("refuses whatever else is written there, in place, and never throws", () => {
    const codes = (network: unknown): string[] => parseStackFile({ path: "Pulumi.dev.yaml", content: Buffer.from(JSON.stringify({ config: { "aws:region": "us-east-1", "slipway:network": { "us-east-1": network } } })) }).issues.map(({ code, path }) => `${code} ${path.replace("config.slipway:network.us-east-1", "")}`);
    const { kind: _, routeTableIds: __, securityGroupIds: ___, ...subnets } = existing() as Extract<NetworkFacts, { kind: "existing" }>;
    assert.deepEqual(codes({ create: { cidr: "10.40.0.0/22" } }), ["network-cidr .create.cidr"]);
    assert.deepEqual(codes({ create: { cidr: "8.8.0.0/16" } }), ["network-cidr .create.cidr"]);
    assert.deepEqual(codes({ create: { cidr: "10.40.0.256/16" } }), ["network-cidr .create.cidr"]);
    for (const zones of [1, 5, "two", 2.5, [], ["us-east-1a"], ["us-east-1a", "us-east-1a"], ["us-east-1a", "us-east-12"]]) assert.deepEqual(codes({ create: { cidr: "10.40.0.0/16", zones } }), ["network-zones .create.zones"], JSON.stringify(zones));
    assert.deepEqual(codes({ create: { cidr: "10.40.0.0/16" }, existing: { ...subnets, publicSubnetIds: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0cccccccccccccccc"] } }), ["network-subnets .existing.publicSubnetIds", "network-way "].sort().reverse());
    fc.assert(fc.property(fc.jsonValue(), (value) => void codes(value)), { numRuns: 200 });
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom("cidr", "zones", "nat", "endpoints"), (value, field) => void codes({ create: { cidr: "10.40.0.0/16", [field]: value } })), { numRuns: 200 });
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom("cidr", "vpcId", "privateSubnetIds", "publicSubnetIds", "securityGroupIds", "routeTableIds"), (value, field) => void codes({ existing: { ...subnets, [field]: value } })), { numRuns: 200 });
  });
});
