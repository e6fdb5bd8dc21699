import type { CostLine } from "../../contract/plan";
import type { PlannedResource } from "../../contract/resources";
import { cents } from "../cost";
import { HOURS_PER_MONTH } from "../limits";
import { pricesFor } from "../prices";
import { zoneCountOf, type NetworkFacts } from "./facts";

/**
 * What a network costs while nothing passes through it: interface endpoints and
 * NAT gateways, each in its zones. A VPC, its subnets and groups and the gateway
 * to S3 cost nothing.
 * @param resources what the region's models share.
 */
export function networkCost(region: string, network: NetworkFacts | undefined, resources: readonly PlannedResource[]): CostLine[] {
  if (network === undefined) return [];
  const { interfaceEndpoint, natGateway, publicAddress } = pricesFor(region).rows;
  const zones = zoneCountOf(network);
  const endpoints = resources.filter(({ type, inputs }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint" && (inputs as { vpcEndpointType?: unknown }).vpcEndpointType === "Interface").length;
  const gateways = network.kind === "existing" || network.nat === "none" || !resources.some(({ type }) => type === "awsx:ec2:Vpc") ? 0 : network.nat === "one" ? 1 : zones;
  const line = (item: string, monthly: number, basis: string): CostLine => ({ item, fixedMonthly: cents(monthly), maximumMonthly: cents(monthly), basis });
  return [
    ...(endpoints === 0
      ? []
      : [line(`VPC endpoints × ${endpoints} in ${zones} zones`, interfaceEndpoint.usd * HOURS_PER_MONTH * endpoints * zones, `$${interfaceEndpoint.usd}/h × ${HOURS_PER_MONTH} h × ${endpoints} × ${zones} zones, before data`)]),
    ...(gateways === 0
      ? []
      : [line(`NAT gateways × ${gateways}`, (natGateway.usd + publicAddress.usd) * HOURS_PER_MONTH * gateways, `($${natGateway.usd} + $${publicAddress.usd} for its address)/h × ${HOURS_PER_MONTH} h × ${gateways}, before data`)]),
  ];
}
