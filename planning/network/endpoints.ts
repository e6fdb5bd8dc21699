import { ref, type Marker, type PlannedResource, type Ref } from "../../contract/resources";
import { SHARED, tagsOf } from "../shared";
import type { StackFacts } from "../types";
import { reachesByEndpoints, type NetworkFacts } from "./facts";
import { networkNames } from "./names";
import { hasEnvironments, type NetworkUses } from "./uses";

/**
 * What an instance of Elastic Beanstalk calls while it starts and serves: the
 * service and its health, CloudFormation with its queue of commands, the image,
 * the logs, and the token's secret.
 * Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/vpc-vpce.html
 */
const environmentServices: readonly string[] = ["cloudformation", "ecr.api", "ecr.dkr", "elasticbeanstalk", "elasticbeanstalk-health", "logs", "secretsmanager", "sqs"];

/**
 * Services that get an interface endpoint, sorted. A SageMaker model needs none:
 * image, logs and metrics travel on SageMaker's own network, artifacts through
 * the gateway of S3 (https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html).
 */
export function interfaceServices(network: NetworkFacts, uses: NetworkUses): readonly string[] {
  const own = reachesByEndpoints(network) && hasEnvironments(uses) ? environmentServices : [];
  return [...new Set([...own, ...(network.kind === "created" ? network.endpoints : [])])].sort();
}

/** Whether Slipway makes the gateway to S3; else the VPC has its own way there. */
export const hasGateway = (network: NetworkFacts): boolean => network.kind === "created" || network.routeTableIds.length > 0;

/** Logical names of the endpoints of a network. */
export const endpointNames = (facts: StackFacts, network: NetworkFacts, uses: NetworkUses): string[] =>
  [...(hasGateway(network) ? ["s3"] : []), ...interfaceServices(network, uses)].map((service) => networkNames.endpoint(facts, service));

/** The ids of a network, wherever they come from. */
export interface NetworkIds {
  readonly vpcId: string | Marker;
  readonly privateSubnetIds: readonly string[] | Ref;
}

export function networkIds(facts: StackFacts, network: NetworkFacts): NetworkIds {
  if (network.kind === "existing") return network;
  const vpc = networkNames.vpc(facts);
  return { vpcId: ref(vpc, "vpcId"), privateSubnetIds: ref(vpc, "privateSubnetIds") };
}

export function planEndpoints(facts: StackFacts, network: NetworkFacts, uses: NetworkUses): PlannedResource[] {
  const { vpcId, privateSubnetIds } = networkIds(facts, network);
  const of = (service: string) => ({ vpcId, serviceName: `com.amazonaws.${facts.region}.${service}`, tags: { ...tagsOf(facts), Name: `slipway-${facts.stack}-${service}` } });
  return [
    ...(hasGateway(network)
      ? [
          {
            type: "aws:ec2/vpcEndpoint:VpcEndpoint",
            name: networkNames.endpoint(facts, "s3"),
            parent: SHARED,
            inputs: { ...of("s3"), vpcEndpointType: "Gateway", routeTableIds: network.kind === "created" ? ref(networkNames.vpc(facts), "routeTables", { ids: true }) : network.routeTableIds },
          } satisfies PlannedResource,
        ]
      : []),
    ...interfaceServices(network, uses).map(
      (service): PlannedResource => ({
        type: "aws:ec2/vpcEndpoint:VpcEndpoint",
        name: networkNames.endpoint(facts, service),
        parent: SHARED,
        inputs: { ...of(service), vpcEndpointType: "Interface", subnetIds: privateSubnetIds, securityGroupIds: [ref(networkNames.group(facts, "endpoints"), "id")], privateDnsEnabled: true },
      }),
    ),
  ];
}
