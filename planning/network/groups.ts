import { fact, ref, type Marker, type PlannedResource } from "../../contract/resources";
import { SHARED, tagsOf } from "../shared";
import type { StackFacts } from "../types";
import { hasGateway, interfaceServices, networkIds } from "./endpoints";
import { reachesByEndpoints, type NetworkFacts } from "./facts";
import { networkNames, type GroupName } from "./names";
import { hasEnvironments, type NetworkUses } from "./uses";

/** The port that nginx listens at on an instance, and HTTPS. */
const [HTTP, HTTPS] = [80, 443];
const EVERYBODY = "0.0.0.0/0";

/**
 * SageMaker takes its network interfaces away some time after an endpoint is gone,
 * and a group or a subnet with one in it cannot be deleted
 * (https://github.com/hashicorp/terraform-provider-aws/issues/34397).
 */
const DELETE_TIMEOUT = "60m";

const descriptions: { readonly [Name in GroupName]: string } = {
  endpoints: "Endpoints of AWS services.",
  instances: "Instances of Elastic Beanstalk.",
  "internal-balancer": "Load balancers that the VPC reaches.",
  models: "Containers of SageMaker models.",
  "public-balancer": "Load balancers that everybody reaches.",
};

type Peer = { readonly cidrIpv4: string } | { readonly prefixListId: string | Marker } | { readonly group: GroupName };

interface Rule {
  readonly group: GroupName;
  readonly way: "in" | "out";
  /** The peer, in a word. */
  readonly about: string;
  readonly peer: Peer;
  readonly port: number;
}

const RULE_TYPES = { in: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", out: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule" } as const;

/** The groups that a network needs. The models' may be the owner's. */
function groupsOf(network: NetworkFacts, uses: NetworkUses): GroupName[] {
  const own = network.kind === "created" || network.securityGroupIds.length === 0;
  return [
    ...(interfaceServices(network, uses).length > 0 ? (["endpoints"] as const) : []),
    ...(hasEnvironments(uses) ? (["instances"] as const) : []),
    ...(uses.balancers.internal.length > 0 ? (["internal-balancer"] as const) : []),
    ...(uses.models && own ? (["models"] as const) : []),
    ...(uses.balancers.public.length > 0 ? (["public-balancer"] as const) : []),
  ];
}

/**
 * Who may speak to whom, and nobody else: a group without rules lets nothing in
 * or out. Answers need no rule, and neither do Amazon's own DNS and clock.
 */
function rulesOf(facts: StackFacts, network: NetworkFacts, uses: NetworkUses): Rule[] {
  const groups = groupsOf(network, uses);
  const gateway = networkNames.endpoint(facts, "s3");
  const s3: Peer = { prefixListId: hasGateway(network) ? ref(gateway, "prefixListId") : fact("s3PrefixListId") };
  const asked = network.kind === "created" && network.endpoints.length > 0;
  const open = !reachesByEndpoints(network);
  const behind = (["internal", "public"] as const).filter((exposure) => uses.balancers[exposure].length > 0);
  const all: Rule[] = [
    // An owner's own container may call what the owner has asked an endpoint for; one of Slipway's needs S3 alone.
    { group: "models", way: "out", about: "s3", peer: s3, port: HTTPS },
    ...(asked ? ([{ group: "models", way: "out", about: "endpoints", peer: { group: "endpoints" }, port: HTTPS }] as const) : []),
    ...(network.kind === "created" && open ? ([{ group: "models", way: "out", about: "internet", peer: { cidrIpv4: EVERYBODY }, port: HTTPS }] as const) : []),
    ...behind.map((exposure): Rule => ({ group: "instances", way: "in", about: `${exposure}-balancer`, peer: { group: `${exposure}-balancer` }, port: HTTP })),
    { group: "instances", way: "out", about: "s3", peer: s3, port: HTTPS },
    open
      ? { group: "instances", way: "out", about: "internet", peer: { cidrIpv4: EVERYBODY }, port: HTTPS }
      : { group: "instances", way: "out", about: "endpoints", peer: { group: "endpoints" }, port: HTTPS },
    ...behind.flatMap((exposure): Rule[] => [
      ...uses.balancers[exposure].map((port): Rule => ({ group: `${exposure}-balancer`, way: "in", about: `callers-${port}`, peer: { cidrIpv4: exposure === "public" ? EVERYBODY : network.cidr }, port })),
      { group: `${exposure}-balancer`, way: "out", about: "instances", peer: { group: "instances" }, port: HTTP },
    ]),
    // Whoever is in the VPC may use what was asked for: an application that calls models, say.
    ...(asked ? ([{ group: "endpoints", way: "in", about: "vpc", peer: { cidrIpv4: network.cidr }, port: HTTPS }] as const) : []),
    ...(hasEnvironments(uses) && !open ? ([{ group: "endpoints", way: "in", about: "instances", peer: { group: "instances" }, port: HTTPS }] as const) : []),
  ];
  return all.filter(({ group }) => groups.includes(group));
}

const ruleName = (facts: StackFacts, { group, way, about }: Rule): string => networkNames.rule(facts, group, `${way}-${about}`);

/** Logical names of the rules without which one who is in a group cannot speak. */
export const ruleNames = (facts: StackFacts, network: NetworkFacts, uses: NetworkUses, groups: readonly GroupName[]): string[] =>
  rulesOf(facts, network, uses).flatMap((rule) => (groups.includes(rule.group) ? [ruleName(facts, rule)] : []));

/** The groups, which endpoints name. */
export function planGroups(facts: StackFacts, network: NetworkFacts, uses: NetworkUses): PlannedResource[] {
  const { vpcId } = networkIds(facts, network);
  return groupsOf(network, uses).map((group) => ({
    type: "aws:ec2/securityGroup:SecurityGroup",
    name: networkNames.group(facts, group),
    parent: SHARED,
    inputs: { vpcId, description: descriptions[group], tags: { ...tagsOf(facts), Name: `slipway-${facts.stack}-${group}` } },
    deleteTimeout: DELETE_TIMEOUT,
  }));
}

/** Their rules, which name groups and the gateway: after both. */
export function planRules(facts: StackFacts, network: NetworkFacts, uses: NetworkUses): PlannedResource[] {
  return rulesOf(facts, network, uses).map((rule) => {
    const { group, way, about, peer, port } = rule;
    return {
      type: RULE_TYPES[way],
      name: ruleName(facts, rule),
      parent: SHARED,
      inputs: {
        securityGroupId: ref(networkNames.group(facts, group), "id"),
        description: `${way === "in" ? "From" : "To"} ${about.replace("-", " ")}.`,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        ...("group" in peer ? { referencedSecurityGroupId: ref(networkNames.group(facts, peer.group), "id") } : peer),
        tags: tagsOf(facts),
      },
    };
  });
}
