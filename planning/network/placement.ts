import { fact, join, ref, type Marker, type Ref } from "../../contract/resources";
import type { Json } from "../../contract/json";
import { ownArn, type Statement } from "../iam";
import type { BeanstalkServing } from "../modes/beanstalk/schema";
import type { StackFacts } from "../types";
import { endpointNames, hasGateway, networkIds } from "./endpoints";
import type { NetworkFacts } from "./facts";
import { ruleNames } from "./groups";
import { networkNames } from "./names";
import type { NetworkUses } from "./uses";

/** Where a model's network interfaces are. */
export interface ModelPlacement {
  readonly vpcConfig: { readonly subnets: readonly string[] | Ref; readonly securityGroupIds: readonly (string | Marker)[] };
  /** What must be there before a container fetches its artifact, and still be there when it goes. */
  readonly dependsOn: readonly string[];
  /** What of it belongs into the content hash of a model, which cannot move. */
  readonly content: Json;
}

const ALONE: NetworkUses = { models: true, balancers: { internal: [], public: [] } };

/** Undefined where the region has no network: models then run in one of SageMaker's own. */
export function modelPlacement(facts: StackFacts): ModelPlacement | undefined {
  const network = facts.networks?.[facts.region];
  if (network === undefined) return undefined;
  const owned = network.kind === "existing" ? network.securityGroupIds : [];
  return {
    vpcConfig: {
      subnets: network.kind === "existing" ? [...network.privateSubnetIds].sort() : networkIds(facts, network).privateSubnetIds,
      securityGroupIds: owned.length > 0 ? [...owned].sort() : [ref(networkNames.group(facts, "models"), "id")],
    },
    dependsOn: [...(hasGateway(network) ? [networkNames.endpoint(facts, "s3")] : []), ...ruleNames(facts, network, ALONE, ["models"])],
    content: contentOf(network),
  };
}

const contentOf = (network: NetworkFacts): Json =>
  network.kind === "existing"
    ? { vpcId: network.vpcId, subnets: [...network.privateSubnetIds].sort(), groups: [...network.securityGroupIds].sort() }
    : { cidr: network.cidr, zones: network.zones as Json };

/** Where an environment is. */
export interface EnvironmentPlacement {
  readonly vpcId: string | Marker;
  /** Text, sorted, with commas between. */
  readonly subnets: string | Marker;
  readonly balancerSubnets: string | Marker;
  /** Whether instances have addresses on the Internet. */
  readonly publicAddresses: boolean;
  /** Undefined: Elastic Beanstalk makes its own. */
  readonly groups?: { readonly instances: Marker; readonly balancer: Marker };
  /** Without these an instance never reports that it is ready. */
  readonly dependsOn: readonly string[];
}

/** The region's network, or its default VPC. @param uses of the whole region. */
export function environmentPlacement(facts: StackFacts, exposure: BeanstalkServing["exposure"]): EnvironmentPlacement {
  const network = facts.networks?.[facts.region];
  if (network === undefined) {
    // The subnets of a default VPC have no other way out, and an instance that cannot reach the service never becomes ready.
    return { vpcId: fact("defaultVpcId"), subnets: fact("defaultSubnetIds"), balancerSubnets: fact("defaultSubnetIds"), publicAddresses: true, dependsOn: [] };
  }
  const { vpcId } = networkIds(facts, network);
  const subnets = (kind: "private" | "public"): string | Marker =>
    network.kind === "existing" ? [...network[`${kind}SubnetIds`]].sort().join(",") : ref(networkNames.vpc(facts), `${kind}SubnetIds`, { listed: true });
  const uses: NetworkUses = { models: false, balancers: { internal: [], public: [], [exposure]: [443] } };
  return {
    vpcId,
    subnets: subnets("private"),
    // Where there are no public subnets, a rule refuses the plan.
    balancerSubnets: subnets(exposure === "public" && !(network.kind === "existing" && network.publicSubnetIds.length === 0) ? "public" : "private"),
    publicAddresses: false,
    groups: { instances: ref(networkNames.group(facts, "instances"), "id"), balancer: ref(networkNames.group(facts, `${exposure}-balancer`), "id") },
    dependsOn: [...endpointNames(facts, network, uses), ...ruleNames(facts, network, uses, ["instances", "endpoints"]), networkNames.rule(facts, `${exposure}-balancer`, "out-instances")],
  };
}

/**
 * What SageMaker does with a model's role to put its containers into a VPC. Only
 * reading knows no resource; the interfaces are made in the stack's own VPC alone.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 */
export function placementGrants(facts: StackFacts): Statement[] {
  const network = facts.networks?.[facts.region];
  if (network === undefined) return [];
  const interfaces = ownArn("ec2", facts.region, "network-interface/*");
  const vpc = join(ownArn("ec2", facts.region, "vpc/"), networkIds(facts, network).vpcId);
  return [
    {
      Sid: "PlaceInterfaces",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: [ownArn("ec2", facts.region, "subnet/*"), ownArn("ec2", facts.region, "security-group/*")],
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
      Condition: { ArnEquals: { "ec2:Vpc": vpc } },
    },
    {
      Sid: "KeepInterfaces",
      Effect: "Allow",
      Action: ["ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
      Resource: interfaces,
    },
    {
      Sid: "SeeNetwork",
      Effect: "Allow",
      Action: ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"],
      Resource: "*",
    },
  ];
}
