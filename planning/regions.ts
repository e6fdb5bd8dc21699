/**
 * The AWS regions that SageMaker hosts models in, and what is known of each.
 *
 * Source: the endpoints of `api.sagemaker`, `runtime.sagemaker` and `elasticbeanstalk` in
 * `endpoints.json` as botocore 1.43.107 ships it, read 2026-11-25; the same list is at
 * https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
 */
export const REGIONS_SOURCE = "https://docs.aws.amazon.com/general/latest/gr/sagemaker.html";
export const BEANSTALK_REGIONS_SOURCE = "https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html";

/** By partition: accounts, credentials, buckets and consoles of one know nothing of the other's. */
const regionsByPartition = {
  aws: [
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2",
    "ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7",
    "ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3",
    "il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2",
  ].join(" "),
  "aws-cn": "cn-north-1 cn-northwest-1",
  "aws-eusc": "eusc-de-east-1",
  "aws-us-gov": "us-gov-east-1 us-gov-west-1",
} as const;

const partitions: ReadonlyMap<string, string> = new Map(
  Object.entries(regionsByPartition).flatMap(([partition, names]) => names.split(" ").map((region): [string, string] => [region, partition])),
);

/** Every region of the table, in the order of their names. */
export const regionNames: readonly string[] = Object.freeze([...partitions.keys()].sort());

/** `aws`, `aws-cn`, …; undefined for a region that is not on record. */
export const partitionOf = (region: string): string | undefined => partitions.get(region);

const withoutBeanstalk: ReadonlySet<string> = new Set(["ap-east-2", "eusc-de-east-1", "mx-central-1"]);

/** Whether Elastic Beanstalk is there. */
export const hasBeanstalk = (region: string): boolean => !withoutBeanstalk.has(region);

/** A region named in a text, with no letter or digit beside it: `example-models-eu-west-3`. */
export function regionNamedIn(text: string): string | undefined {
  return regionNames.find((region) => new RegExp(`(?<![a-z0-9])${region}(?![a-z0-9])`).test(text));
}
