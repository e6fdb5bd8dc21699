/** The inputs of a network's resources; `resources.ts` holds those of all others. */

export interface Tags {
  readonly tags?: { readonly [key: string]: string };
}

export interface NetworkInputs {
  "awsx:ec2:Vpc": {
    cidrBlock: string;
    enableDnsHostnames: true;
    enableDnsSupport: true;
    /** How many zones, the region's first; or which. */
    numberOfAvailabilityZones?: number;
    availabilityZoneNames?: string[];
    /** The range of each zone, whose subnets are laid out in the order of their specs. */
    availabilityZoneCidrMask: number;
    subnetStrategy: "Auto";
    subnetSpecs: { type: "Private" | "Public"; cidrMask: number }[];
    natGateways: { strategy: "None" | "OnePerAz" | "Single" };
    tags?: { readonly [key: string]: string };
  };
  "aws:ec2/securityGroup:SecurityGroup": Tags & { vpcId: string; description: string };
  "aws:ec2/vpcEndpoint:VpcEndpoint": Tags & {
    vpcId: string;
    /** `com.amazonaws.<region>.<service>`. */
    serviceName: string;
    vpcEndpointType: "Gateway" | "Interface";
    routeTableIds?: string[];
    subnetIds?: string[];
    securityGroupIds?: string[];
    /** The service's own name leads to the endpoint, so that nobody needs to be told of it. */
    privateDnsEnabled?: true;
  };
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupRule;
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupRule;
}

/** One peer of a security group and one range of ports. */
type SecurityGroupRule = Tags & {
  securityGroupId: string;
  description: string;
  ipProtocol: "tcp";
  fromPort: number;
  toPort: number;
  /** Exactly one of these three. */
  cidrIpv4?: string;
  prefixListId?: string;
  referencedSecurityGroupId?: string;
};
