import type { PlannedResource } from "../../contract/resources";
import { SHARED, tagsOf } from "../shared";
import type { StackFacts } from "../types";
import { prefixOf } from "./cidr";
import { planEndpoints } from "./endpoints";
import type { CreatedNetwork } from "./facts";
import { planGroups, planRules } from "./groups";
import { networkNames } from "./names";
import { isUsed, type NetworkUses } from "./uses";

/**
 * The network of the facts' region: a VPC where one is to be made, and in it or
 * in the one that is there the security groups, their rules and the endpoints
 * that what is served needs. Nothing where the stack names no network for the
 * region, or serves nothing in it that takes one.
 */
export function planNetwork(facts: StackFacts, uses: NetworkUses): PlannedResource[] {
  const network = facts.networks?.[facts.region];
  if (network === undefined || !isUsed(uses)) return [];
  return [
    ...(network.kind === "created" ? [planVpc(facts, network, uses)] : []),
    ...planGroups(facts, network, uses),
    ...planEndpoints(facts, network, uses),
    ...planRules(facts, network, uses),
  ];
}

const strategies = { none: "None", one: "Single", perZone: "OnePerAz" } as const;

/**
 * A VPC of four equal parts, of which each zone takes one: its private subnet the
 * first half, a public one an eighth behind that. So nothing moves when a zone,
 * a NAT gateway or a public load balancer is added later.
 */
function planVpc(facts: StackFacts, { cidr, zones, nat }: CreatedNetwork, uses: NetworkUses): PlannedResource {
  const prefix = prefixOf(cidr);
  const isPublic = nat !== "none" || uses.balancers.public.length > 0;
  return {
    type: "awsx:ec2:Vpc",
    name: networkNames.vpc(facts),
    parent: SHARED,
    inputs: {
      cidrBlock: cidr,
      // Both, or the private names of endpoints lead nowhere: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
      enableDnsHostnames: true,
      enableDnsSupport: true,
      ...(typeof zones === "number" ? { numberOfAvailabilityZones: zones } : { availabilityZoneNames: zones }),
      availabilityZoneCidrMask: prefix + 2,
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Private", cidrMask: prefix + 3 }, ...(isPublic ? [{ type: "Public" as const, cidrMask: prefix + 6 }] : [])],
      natGateways: { strategy: strategies[nat] },
      tags: { ...tagsOf(facts), Name: `slipway-${facts.stack}` },
    },
  };
}
