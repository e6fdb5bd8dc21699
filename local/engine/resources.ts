import { createHash } from "node:crypto";
import type { ResourceInputs } from "../../contract/resources";
import { ACCOUNT_ID } from "../account";

/** A resource as the embedded engine keeps it. */
export interface KeptResource {
  readonly type: string;
  /** Pulumi's logical name. */
  readonly name: string;
  readonly region: string;
  readonly id: string | undefined;
  readonly inputs: Inputs;
  readonly state: Inputs;
}

export type Inputs = { readonly [name: string]: unknown };
type InputsOf<Type extends keyof ResourceInputs> = ResourceInputs[Type];

/** What AWS would have decided: made-up values of the right shape, the same for the same inputs. */
export function madeUpState(type: string, name: string, inputs: Inputs, region: string): Inputs {
  const physical = String(inputs.name ?? name);
  const arn = (service: string, rest: string, global = false) => `arn:aws:${service}:${global ? "" : region}:${ACCOUNT_ID}:${rest}`;
  const digest = createHash("sha256").update(JSON.stringify([type, name, inputs])).digest("hex");
  switch (type) {
    case "aws:ecr/repository:Repository":
      return { arn: arn("ecr", `repository/${physical}`), registryId: ACCOUNT_ID, repositoryUrl: `${ACCOUNT_ID}.dkr.ecr.${region}.amazonaws.com/${physical}` };
    case "awsx:ecr:Image": {
      const { repositoryUrl } = inputs as InputsOf<"awsx:ecr:Image">;
      return { imageUri: `${repositoryUrl}@sha256:${digest}` };
    }
    case "awsx:ec2:Vpc": {
      const { numberOfAvailabilityZones, availabilityZoneNames, subnetSpecs } = inputs as InputsOf<"awsx:ec2:Vpc">;
      const zones = Array.from({ length: availabilityZoneNames?.length ?? numberOfAvailabilityZones ?? 2 }, (_, zone) => zone);
      const subnets = (kind: string) => (subnetSpecs.some((spec) => spec.type === kind) ? zones.map((zone) => ec2Id("subnet", digest, `${kind}-${zone}`)) : []);
      return {
        vpcId: ec2Id("vpc", digest),
        privateSubnetIds: subnets("Private"),
        publicSubnetIds: subnets("Public"),
        routeTables: zones.flatMap((zone) => subnetSpecs.map((spec) => ({ id: ec2Id("rtb", digest, `${spec.type}-${zone}`) }))),
      };
    }
    case "aws:ec2/securityGroup:SecurityGroup":
      return { id: ec2Id("sg", digest) };
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { prefixListId: ec2Id("pl", digest) };
    case "aws:s3/bucket:Bucket":
      return { arn: `arn:aws:s3:::${String(inputs.bucket)}`, bucketDomainName: `${String(inputs.bucket)}.s3.amazonaws.com` };
    case "aws:elasticbeanstalk/environment:Environment":
      return {
        arn: arn("elasticbeanstalk", `environment/${String(inputs.application)}/${physical}`),
        cname: `${physical}.${region}.elasticbeanstalk.com`,
        autoscalingGroups: [`awseb-${physical}`],
        loadBalancers: [arn("elasticloadbalancing", `loadbalancer/app/awseb-${physical}/${digest.slice(0, 16)}`)],
      };
    case "aws:secretsmanager/secret:Secret":
      return { arn: arn("secretsmanager", `secret:${physical}-${digest.slice(0, 6)}`) };
    case "aws:iam/role:Role":
      return { arn: arn("iam", `role/${physical}`, true), uniqueId: `AROA${digest.slice(0, 16).toUpperCase()}` };
    case "aws:iam/policy:Policy":
      return { arn: arn("iam", `policy/${physical}`, true) };
    case "aws:kms/key:Key": {
      const keyId = [8, 4, 4, 4, 12].map((length, index, all) => digest.slice(sum(all.slice(0, index)), sum(all.slice(0, index)) + length)).join("-");
      return { arn: arn("kms", `key/${keyId}`), keyId };
    }
    case "aws:sns/topic:Topic":
      return { arn: arn("sns", physical) };
    case "aws:sqs/queue:Queue":
      return { arn: arn("sqs", physical), url: `https://sqs.${region}.amazonaws.com/${ACCOUNT_ID}/${physical}` };
    case "aws:cloudwatch/eventRule:EventRule":
      return { arn: arn("events", `rule/${physical}`) };
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return { arn: arn("cloudwatch", `alarm:${physical}`) };
    case "aws:ssm/parameter:Parameter":
      return { arn: arn("ssm", `parameter${physical}`), version: 1 };
    default: {
      const service = /^aws:([a-z0-9]+)\//.exec(type)?.[1];
      return service === undefined ? {} : { arn: arn(service, `${type.split(":").at(-1)!.toLowerCase()}/${physical}`) };
    }
  }
}

/** `subnet-0123456789abcdef0`: 17 hex digits, the same for the same text. */
const ec2Id = (kind: string, ...text: readonly string[]): string => `${kind}-${createHash("sha256").update(text.join(" ")).digest("hex").slice(0, 17)}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
