import type { Json } from "../../contract/json";
import type { Fault } from "../layers";
import { isObject } from "../merge-patch";
import { LARGEST_PREFIX, SMALLEST_PREFIX, isPrivate, rangeOf, withoutHost } from "./cidr";
import type { NetworkFacts, Networks } from "./facts";

const NETWORK = "slipway:network";
const KEYS = "slipway:keys";
const CIDR_BLOCKS = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html";
const HOST_VPC = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html";
const KEY_REGION = "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html";
const [FEWEST_ZONES, MOST_ZONES] = [2, 4];

type Fields = { readonly [key: string]: Json };
type Path = readonly string[];

const fieldsIn = (value: Json | undefined): Fields => (isObject(value) ? value : {});
const textsIn = (value: Json | undefined): string[] => (Array.isArray(value) ? (value as Json[]).filter((item): item is string => typeof item === "string") : []);

/** What the schema cannot say of the networks and keys of a stack file. Looks at whatever is there. */
export function networkFaults(config: Fields): Fault[] {
  return [
    ...Object.entries(fieldsIn(config[NETWORK])).flatMap(([region, network]) => {
      const path = ["config", NETWORK, region];
      const { create, existing } = fieldsIn(network);
      return [
        ...(create === undefined ? [] : [...cidrFaults(fieldsIn(create).cidr, [...path, "create", "cidr"], true), ...zoneFaults(fieldsIn(create).zones, region, [...path, "create", "zones"])]),
        ...(existing === undefined ? [] : [...cidrFaults(fieldsIn(existing).cidr, [...path, "existing", "cidr"], false), ...bothFaults(fieldsIn(existing), [...path, "existing", "publicSubnetIds"])]),
      ];
    }),
    ...Object.entries(fieldsIn(config[KEYS])).flatMap(([region, arn]): Fault[] => {
      const theirs = typeof arn === "string" ? arn.split(":")[3] : undefined;
      if (theirs === undefined || theirs === region) return [];
      return [{ code: "key-region", path: ["config", KEYS, region], message: `the key is in ${theirs}, and encrypts nothing in ${region}`, hint: `write the ARN of a key in ${region}, or a replica of this one there`, source: KEY_REGION }];
    }),
  ];
}

function cidrFaults(cidr: Json | undefined, path: Path, own: boolean): Fault[] {
  if (typeof cidr !== "string") return [];
  const wrong = (message: string, hint: string): Fault[] => [{ code: "network-cidr", path, message, hint, source: CIDR_BLOCKS }];
  const range = rangeOf(cidr);
  if (range === undefined) return wrong(`"${cidr}" is not a range of IPv4 addresses`, "write: cidr: 10.40.0.0/16");
  if (withoutHost(range) !== cidr) return wrong(`${cidr} has something set behind its ${range.prefix} bits`, `write: cidr: ${withoutHost(range)}`);
  // What is there already is what it is.
  if (!own) return [];
  if (range.prefix < LARGEST_PREFIX || range.prefix > SMALLEST_PREFIX) {
    return wrong(`a network of /${range.prefix} cannot be divided; it takes /${LARGEST_PREFIX} to /${SMALLEST_PREFIX}`, `write: cidr: ${withoutHost({ ...range, prefix: Math.min(SMALLEST_PREFIX, Math.max(LARGEST_PREFIX, range.prefix)) })}`);
  }
  return isPrivate(range) ? [] : wrong(`${cidr} belongs to somebody on the Internet`, "write a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10");
}

function zoneFaults(zones: Json | undefined, region: string, path: Path): Fault[] {
  if (zones === undefined) return [];
  const wrong = (message: string): Fault[] => [{ code: "network-zones", path, message, hint: `write: zones: ${FEWEST_ZONES}, or name them: [${region}a, ${region}b]`, source: HOST_VPC }];
  if (Array.isArray(zones)) {
    const names = textsIn(zones);
    const elsewhere = names.find((name) => !name.startsWith(region) || !/^[a-z]$/.test(name.slice(region.length)));
    if (elsewhere !== undefined) return wrong(`"${elsewhere}" is not a zone of ${region}`);
    if (new Set(names).size !== names.length) return wrong("a zone is named twice");
    return names.length >= FEWEST_ZONES && names.length <= MOST_ZONES ? [] : wrong(`${names.length} zones are named; it takes ${FEWEST_ZONES} to ${MOST_ZONES}`);
  }
  const count = Number(zones);
  return Number.isInteger(count) && count >= FEWEST_ZONES && count <= MOST_ZONES ? [] : wrong(`zones is ${JSON.stringify(zones)}; it takes ${FEWEST_ZONES} to ${MOST_ZONES}, each with subnets of its own`);
}

function bothFaults({ privateSubnetIds, publicSubnetIds }: Fields, path: Path): Fault[] {
  const both = textsIn(publicSubnetIds).find((subnet) => textsIn(privateSubnetIds).includes(subnet));
  if (both === undefined) return [];
  return [{ code: "network-subnets", path, message: `${both} is named as a private subnet too`, hint: "name each subnet once: public ones have a route to the Internet", source: HOST_VPC }];
}

/** The networks of a stack file without faults. */
export const networksIn = (config: Fields): Networks =>
  Object.fromEntries(
    Object.entries(fieldsIn(config[NETWORK])).map(([region, network]): [string, NetworkFacts] => {
      const { create, existing } = fieldsIn(network) as { readonly create?: Fields; readonly existing?: Fields };
      if (existing !== undefined) {
        const [vpcId, cidr] = [existing.vpcId as string, existing.cidr as string];
        const [privateSubnetIds, publicSubnetIds, securityGroupIds, routeTableIds] = [existing.privateSubnetIds, existing.publicSubnetIds, existing.securityGroupIds, existing.routeTableIds].map(textsIn) as [string[], string[], string[], string[]];
        return [region, { kind: "existing", vpcId, cidr, privateSubnetIds, publicSubnetIds, securityGroupIds, routeTableIds }];
      }
      const { cidr, zones = FEWEST_ZONES, nat = "none", endpoints } = create!;
      return [region, { kind: "created", cidr: cidr as string, zones: Array.isArray(zones) ? textsIn(zones) : Number(zones), nat: nat as "none" | "one" | "perZone", endpoints: textsIn(endpoints) }];
    }),
  );

/** The owner's keys of a stack file without faults, by region. */
export const keysIn = (config: Fields): { readonly [region: string]: string } => fieldsIn(config[KEYS]) as { readonly [region: string]: string };
