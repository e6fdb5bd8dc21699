import type { Properties } from "./catalogue";
import type { Built, Constructed, Construction } from "./construct";
import { resourceReference, UNKNOWN } from "./wire";

/**
 * `awsx:ec2:Vpc` as awsx 3.9 makes it with the strategy `Auto`: the VPC with its
 * gateway, and in each zone a subnet for each spec, one behind the other, each
 * with a route table of its own. NAT gateways are left out.
 */
export async function vpcOf({ name, inputs, register }: Construction): Promise<Constructed> {
  const vpc = await register("aws:ec2/vpc:Vpc", name, { cidrBlock: inputs.cidrBlock, enableDnsHostnames: inputs.enableDnsHostnames, enableDnsSupport: inputs.enableDnsSupport, tags: inputs.tags });
  const vpcId = known(vpc);
  const gateway = await register("aws:ec2/internetGateway:InternetGateway", name, { vpcId, tags: inputs.tags }, vpc.urn);
  const subnets: { readonly type: string; readonly built: Built }[] = [];
  const tables: Built[] = [];
  for (const { zone, number, type, cidrBlock } of layout(inputs)) {
    const subnetName = `${name}-${type.toLowerCase()}-${number}`;
    const tags = { ...(inputs.tags as Properties), Name: subnetName };
    const subnet = await register("aws:ec2/subnet:Subnet", subnetName, { vpcId, cidrBlock, availabilityZone: zone, mapPublicIpOnLaunch: type === "Public", tags }, vpc.urn);
    const table = await register("aws:ec2/routeTable:RouteTable", subnetName, { vpcId, tags }, subnet.urn);
    await register("aws:ec2/routeTableAssociation:RouteTableAssociation", subnetName, { routeTableId: known(table), subnetId: known(subnet) }, table.urn);
    if (type === "Public") await register("aws:ec2/route:Route", subnetName, { routeTableId: known(table), gatewayId: known(gateway), destinationCidrBlock: "0.0.0.0/0" }, table.urn);
    subnets.push({ type, built: subnet });
    tables.push(table);
  }
  const of = (type: string): Built[] => subnets.filter((subnet) => subnet.type === type).map(({ built }) => built);
  return {
    state: { vpcId, privateSubnetIds: of("Private").map(known), publicSubnetIds: of("Public").map(known), routeTables: tables.map(({ urn, id }) => resourceReference(urn, id)) },
    comesFrom: { vpcId: [vpc], privateSubnetIds: of("Private"), publicSubnetIds: of("Public"), routeTables: tables },
  };
}

const known = ({ id }: Built): string => (id === "" ? UNKNOWN : id);

interface Laid {
  readonly zone: string;
  /** Of the zone, from 1. */
  readonly number: number;
  readonly type: string;
  readonly cidrBlock: string;
}

/** The subnets of a VPC: every zone has a range of the size of `availabilityZoneCidrMask`, every spec one behind the other in it. */
export function layout(inputs: Properties): Laid[] {
  const zones = (inputs.availabilityZoneNames as string[] | undefined) ?? Array.from({ length: inputs.numberOfAvailabilityZones as number }, (_, index) => `zone-${index + 1}`);
  const [address] = String(inputs.cidrBlock).split("/");
  const start = address!.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return zones.flatMap((zone, index) => {
    let next = start + index * 2 ** (32 - (inputs.availabilityZoneCidrMask as number));
    return (inputs.subnetSpecs as { readonly type: string; readonly cidrMask: number }[]).map(({ type, cidrMask }) => {
      const size = 2 ** (32 - cidrMask);
      const first = Math.ceil(next / size) * size;
      next = first + size;
      return { zone, number: index + 1, type, cidrBlock: `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${cidrMask}` };
    });
  });
}
