import type { JsonSchema } from "../../contract/json";
import { keyArn } from "../kms";
import { REGIONS_SOURCE, regionNames } from "../regions";

const VPC_CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html";
const HOST_VPC = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html";
const BALANCER_SUBNETS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html";

const region: JsonSchema = { type: "string", enum: regionNames, "x-codes": { enum: "region-unknown" }, "x-source": REGIONS_SOURCE };

const id = (kind: string, what: string): JsonSchema => ({
  type: "string",
  pattern: `^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`,
  "x-expects": `the id of ${what}`,
  examples: [`${kind}-0123456789abcdef0`],
});

const ids = (kind: string, what: string, limits: JsonSchema): JsonSchema => ({
  type: "array",
  uniqueItems: true,
  items: id(kind, what),
  examples: [[`${kind}-0123456789abcdef0`, `${kind}-0123456789abcdef1`]],
  ...limits,
});

const cidr: JsonSchema = { type: "string", examples: ["10.40.0.0/16"] };

const created: JsonSchema = {
  type: "object",
  required: ["cidr"],
  additionalProperties: false,
  properties: {
    cidr,
    // Text where `pulumi config set` wrote it.
    zones: { type: ["number", "string", "array"], items: { type: "string" }, examples: [2] },
    nat: { type: "string", enum: ["none", "one", "perZone"] },
    endpoints: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", pattern: "^[a-z0-9-]+([.][a-z0-9-]+)*$", "x-expects": "a service as in the name of its endpoint, behind com.amazonaws.<region>", examples: ["sagemaker.runtime"] },
    },
  },
};

const existing: JsonSchema = {
  type: "object",
  required: ["cidr", "privateSubnetIds", "vpcId"],
  additionalProperties: false,
  properties: {
    vpcId: id("vpc", "a VPC"),
    cidr,
    privateSubnetIds: ids("subnet", "a subnet", { minItems: 2, maxItems: 16, "x-codes": { minItems: "network-subnets", maxItems: "network-subnets" }, "x-source": HOST_VPC }),
    publicSubnetIds: ids("subnet", "a subnet", { minItems: 2, maxItems: 16, "x-codes": { minItems: "network-subnets", maxItems: "network-subnets" }, "x-source": BALANCER_SUBNETS }),
    securityGroupIds: ids("sg", "a security group", { minItems: 1, maxItems: 5, "x-codes": { minItems: "network-security-groups", maxItems: "network-security-groups" }, "x-source": VPC_CONFIG }),
    routeTableIds: ids("rtb", "a route table", { minItems: 1 }),
  },
};

/** `slipway:network`: a network for each region. */
export const networkSchema: JsonSchema = {
  type: "object",
  minProperties: 1,
  propertyNames: region,
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    "x-codes": { minProperties: "network-way", maxProperties: "network-way" },
    "x-source": HOST_VPC,
    properties: { create: created, existing },
  },
};

/** `slipway:keys`: the owner's key for each region. */
export const keysSchema: JsonSchema = {
  type: "object",
  minProperties: 1,
  propertyNames: region,
  additionalProperties: keyArn("Encrypts everything that the stack encrypts in the region."),
};
