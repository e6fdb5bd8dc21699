/** The network of a stack in one region: one to be made, or one that is there. */
export type NetworkFacts = CreatedNetwork | ExistingNetwork;

export interface CreatedNetwork {
  readonly kind: "created";
  /** Private addresses of the VPC: `10.40.0.0/16`. */
  readonly cidr: string;
  /** How many zones, the region's first; or which. */
  readonly zones: number | readonly string[];
  /** Gateways through which private subnets reach the Internet. Without one they reach AWS alone, through endpoints. */
  readonly nat: "none" | "one" | "perZone";
  /** Services that get an interface endpoint beyond those that the plan needs: `sagemaker.runtime`. */
  readonly endpoints: readonly string[];
}

export interface ExistingNetwork {
  readonly kind: "existing";
  readonly vpcId: string;
  readonly cidr: string;
  /** Where models and instances are: two or more, in zones of their own. */
  readonly privateSubnetIds: readonly string[];
  /** Where public load balancers are; empty where there are none. */
  readonly publicSubnetIds: readonly string[];
  /** Of the models, in place of one that Slipway makes; empty where it does. */
  readonly securityGroupIds: readonly string[];
  /** Of the private subnets, to which Slipway adds endpoints; empty where the VPC has its own way to AWS. */
  readonly routeTableIds: readonly string[];
}

/** Networks by region. */
export type Networks = { readonly [region: string]: NetworkFacts };

/** How many zones a network has. */
export const zoneCountOf = (network: NetworkFacts): number =>
  network.kind === "existing" ? network.privateSubnetIds.length : typeof network.zones === "number" ? network.zones : network.zones.length;

/** Whether private subnets reach AWS through endpoints that Slipway makes, and reach nothing else. */
export const reachesByEndpoints = (network: NetworkFacts): boolean => (network.kind === "created" ? network.nat === "none" : network.routeTableIds.length > 0);
