import type { Place, Properties } from "./catalogue";

export const vpcIn = (region: string): string => `vpc-${region}`;
export const subnetsIn = (region: string): string[] => [`subnet-${region}-a`, `subnet-${region}-b`];
export const prefixListIn = (region: string): string => `pl-${region}`;
export const PLATFORM = "64bit Amazon Linux 2023 v4.7.0 running Docker";
/** Every character of a password. */
export const PASSWORD = "p";

/** What AWS answers to the functions that the program calls. */
export function invoked(token: string, inputs: Properties, { accountId, region }: Place): Properties {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId, arn: `arn:aws:iam::${accountId}:root`, id: accountId, userId: accountId };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
    case "aws:index/getRegion:getRegion":
      return { region, name: region, id: region };
    case "aws:ec2/getManagedPrefixList:getManagedPrefixList":
      if (inputs.name !== `com.amazonaws.${region}.s3`) throw new Error(`there is no prefix list ${String(inputs.name)}`);
      return { id: prefixListIn(region), name: inputs.name };
    case "aws:ec2/getVpc:getVpc":
      return { id: vpcIn(region), default: true };
    case "aws:ec2/getSubnets:getSubnets":
      if (!JSON.stringify(inputs).includes(vpcIn(region))) throw new Error(`${JSON.stringify(inputs)} asks ${region} for what is elsewhere`);
      // In no order, as AWS gives them.
      return { id: "subnets", ids: subnetsIn(region).reverse() };
    case "aws:elasticbeanstalk/getSolutionStack:getSolutionStack":
      return { id: PLATFORM, name: PLATFORM };
    case "aws:secretsmanager/getRandomPassword:getRandomPassword":
      return { id: "password", randomPassword: PASSWORD.repeat(Number(inputs.passwordLength)) };
    default:
      throw new Error(`the stand-in provider does not know the function "${token}"`);
  }
}
