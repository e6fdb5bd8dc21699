import type { Place, Properties, TypeRule } from "./catalogue";

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));
const ec2Arn = (resource: string, { region, accountId }: Place): string => `arn:aws:ec2:${region}:${accountId}:${resource}`;

/** The id that AWS would make up: the same for the same inputs. */
function numbered(prefix: string, inputs: Properties, ...names: string[]): string {
  const digits = [...names.map((name) => text(inputs[name])).join(" ")].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 0xffff_ffff, 7);
  return `${prefix}-${digits.toString(16).padStart(17, "0")}`;
}

const rule: TypeRule = {
  required: ["ipProtocol", "securityGroupId"],
  replacedBy: ["securityGroupId"],
  id: (inputs) => numbered("sgr", inputs, "securityGroupId", "description", "fromPort", "cidrIpv4", "prefixListId", "referencedSecurityGroupId"),
  outputs: (inputs, place) => ({ arn: ec2Arn(`security-group-rule/${text(inputs.securityGroupId)}`, place) }),
};

/** What a network of a plan is made of, and what `awsx:ec2:Vpc` makes of itself. Read off the schema of @pulumi/aws 7.48. */
export const networkCatalogue = {
  "aws:ec2/internetGateway:InternetGateway": { required: [], replacedBy: [], id: (inputs) => numbered("igw", inputs, "vpcId"), outputs: () => ({}) },
  "aws:ec2/route:Route": { required: ["routeTableId"], replacedBy: ["destinationCidrBlock", "routeTableId"], id: (inputs) => `r-${text(inputs.routeTableId)}`, outputs: () => ({}) },
  "aws:ec2/routeTable:RouteTable": { required: ["vpcId"], replacedBy: ["vpcId"], id: (inputs) => numbered("rtb", inputs, "vpcId", "tags"), outputs: () => ({}) },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { required: ["routeTableId"], replacedBy: ["subnetId"], id: (inputs) => numbered("rtbassoc", inputs, "routeTableId", "subnetId"), outputs: () => ({}) },
  "aws:ec2/securityGroup:SecurityGroup": {
    required: [],
    replacedBy: ["description", "name", "vpcId"],
    id: (inputs) => numbered("sg", inputs, "name", "vpcId"),
    outputs: (inputs, place) => ({ arn: ec2Arn(`security-group/${numbered("sg", inputs, "name", "vpcId")}`, place) }),
  },
  "aws:ec2/subnet:Subnet": { required: ["vpcId"], replacedBy: ["availabilityZone", "cidrBlock", "vpcId"], id: (inputs) => numbered("subnet", inputs, "vpcId", "cidrBlock"), outputs: () => ({}) },
  "aws:ec2/vpc:Vpc": { required: [], replacedBy: ["cidrBlock"], id: (inputs) => numbered("vpc", inputs, "cidrBlock"), outputs: () => ({}) },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    required: ["vpcId"],
    replacedBy: ["serviceName", "vpcEndpointType", "vpcId"],
    id: (inputs) => numbered("vpce", inputs, "vpcId", "serviceName"),
    outputs: (inputs) => (inputs.vpcEndpointType === "Gateway" ? { prefixListId: numbered("pl", inputs, "serviceName") } : {}),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
} as const satisfies { readonly [type: string]: TypeRule };
