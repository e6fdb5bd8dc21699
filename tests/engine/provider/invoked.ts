import type { Place, Properties } from "./catalogue";

export const VPC = "vpc-0123456789abcdef0";
export const SUBNETS = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"];
export const PLATFORM = "64bit Amazon Linux 2023 v4.7.0 running Docker";
/** Every character of a password. */
export const PASSWORD = "p";

/** What AWS answers to the functions that the program calls. */
export function invoked(token: string, inputs: Properties, { accountId }: Place): Properties {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId, arn: `arn:aws:iam::${accountId}:root`, id: accountId, userId: accountId };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
    case "aws:ec2/getVpc:getVpc":
      return { id: VPC, default: true };
    case "aws:ec2/getSubnets:getSubnets":
      // In no order, as AWS gives them.
      return { id: "subnets", ids: [...SUBNETS].reverse() };
    case "aws:elasticbeanstalk/getSolutionStack:getSolutionStack":
      return { id: PLATFORM, name: PLATFORM };
    case "aws:secretsmanager/getRandomPassword:getRandomPassword":
      return { id: "password", randomPassword: PASSWORD.repeat(Number(inputs.passwordLength)) };
    default:
      throw new Error(`the stand-in provider does not know the function "${token}"`);
  }
}
