/**
 * Instance types that SageMaker hosts models on: the service's own list, by
 * family. Being here says nothing of a region's stock or an account's quota.
 *
 * Source: `ProductionVariantInstanceType` in the service model of SageMaker
 * 2017-07-24 as botocore 1.43.107 ships it, read 2026-11-23; the same list is at
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
const sizesByFamily: { readonly [family: string]: string } = {
  t2: "medium large xlarge 2xlarge",
  m4: "xlarge 2xlarge 4xlarge 10xlarge 16xlarge",
  m5: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  m5d: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  c4: "large xlarge 2xlarge 4xlarge 8xlarge",
  p2: "xlarge 8xlarge 16xlarge",
  p3: "2xlarge 8xlarge 16xlarge",
  c5: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
  c5d: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
  g4dn: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r5: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  r5d: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  inf1: "xlarge 2xlarge 6xlarge 24xlarge",
  dl1: "24xlarge",
  c6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  m6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  r6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  g5: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g6: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g6e: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g7e: "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge",
  g7: "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge",
  p4d: "24xlarge",
  c7g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  m6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  m6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c6gn: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  p4de: "24xlarge",
  trn1: "2xlarge 32xlarge",
  trn1n: "32xlarge",
  trn2: "48xlarge",
  inf2: "xlarge 8xlarge 24xlarge 48xlarge",
  p5: "48xlarge 4xlarge",
  p5e: "48xlarge",
  p5en: "48xlarge",
  m7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r7gd: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  m8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c6in: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  "p6-b200": "48xlarge",
  "p6-b300": "48xlarge",
  "p6e-gb200": "36xlarge",
};

export const HOSTING_TYPES_SOURCE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html";

/** `ml.c5.large`, … in the service's order. */
export const hostingInstanceTypes: readonly string[] = Object.freeze(
  Object.entries(sizesByFamily).flatMap(([family, sizes]) => sizes.split(" ").map((size) => `ml.${family}.${size}`)),
);

const hosted = new Set(hostingInstanceTypes);
export const isHostingInstance = (type: string): boolean => hosted.has(type);

/** Families that are still in the list and can no longer, or soon will not, be launched. */
export const retiredFamilies: { readonly [family: string]: { readonly severity: "error" | "warning"; readonly instead: string; readonly source: string } } = {
  c4: { severity: "warning", instead: "ml.c5 or ml.c6i", source: "https://aws.amazon.com/ec2/previous-generation/" },
  m4: { severity: "warning", instead: "ml.m5 or ml.m6i", source: "https://aws.amazon.com/ec2/previous-generation/" },
  p2: { severity: "error", instead: "ml.g4dn or ml.g5", source: "https://github.com/aws/deep-learning-containers/pull/3950" },
  p3: { severity: "error", instead: "ml.g5 or ml.g6", source: "https://github.com/zalando-incubator/kubernetes-on-aws/pull/8685" },
  t2: { severity: "warning", instead: "ml.c5 or ml.m5", source: "https://aws.amazon.com/ec2/previous-generation/" },
};

/** `c5` of `ml.c5.large`. */
export const familyOf = (type: string): string => type.split(".")[1] ?? "";

/** Burstable types cannot be scaled by Application Auto Scaling: https://github.com/aws/aws-cdk/pull/22886 */
export const isBurstable = (type: string): boolean => /^t\d/.test(familyOf(type));

/** Graviton and Grace processors: an image built for linux/amd64 does not start on them. */
export const isArm = (type: string): boolean => /^[cmr]\d+g[dn]*$/.test(familyOf(type)) || familyOf(type).includes("-gb");

/**
 * vCPUs of a hosting type. EC2 sizes are multiples of one xlarge, which is four;
 * the types that break the rule are listed.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 */
export function vCpuCountOf(type: string): number {
  const exception = vCpuExceptions[type];
  if (exception !== undefined) return exception;
  const size = type.split(".")[2] ?? "";
  if (size === "medium") return 1;
  if (size === "large") return 2;
  const multiple = size.replace("xlarge", "");
  return 4 * (multiple === "" ? 1 : Number(multiple));
}

const vCpuExceptions: { readonly [type: string]: number } = { "ml.c4.8xlarge": 36, "ml.t2.medium": 2 };

/** GiB of memory for each vCPU, by family; families that do not keep to one ratio, and those nobody asked for yet, are left out. */
const memoryRatios: { readonly [family: string]: number } = {
  ...Object.fromEntries("c5 c5d c6i c6in c7i".split(" ").map((family) => [family, 2])),
  ...Object.fromEntries("g4dn g5 g6 m4 m5 m5d m6i m7i".split(" ").map((family) => [family, 4])),
  ...Object.fromEntries("g6e r5 r5d r6i r7i".split(" ").map((family) => [family, 8])),
};

/**
 * Memory of a hosting type in GiB; undefined where it is not on record.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 */
export function memoryGiBOf(type: string): number | undefined {
  const ratio = memoryRatios[familyOf(type)];
  return ratio === undefined ? undefined : ratio * vCpuCountOf(type);
}

/** Whether a type has processors alone: the families of general, compute and memory use. */
export const isProcessorOnly = (type: string): boolean => /^[cmrt]\d/.test(familyOf(type));

/** GPUs of the hosting types that have some, by size; sizes that are not listed have one. */
const gpuCounts: { readonly [family: string]: { readonly [size: string]: number } } = {
  g4dn: { "12xlarge": 4 },
  g5: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 },
  g6: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 },
  g6e: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 },
  p3: { "8xlarge": 4, "16xlarge": 8 },
  p4d: { "24xlarge": 8 },
  p4de: { "24xlarge": 8 },
  p5: { "48xlarge": 8 },
  p5e: { "48xlarge": 8 },
  p5en: { "48xlarge": 8 },
};

/**
 * GPUs of a hosting type; 0 where it has none, or their number is not on record.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
 */
export function gpuCountOf(type: string): number {
  const sizes = gpuCounts[familyOf(type)];
  return sizes === undefined ? 0 : (sizes[type.split(".")[2] ?? ""] ?? 1);
}

/** What metrics that are summed over processors are summed over. */
export const processorsOf = (type: string): { readonly vCpuCount: number; readonly gpuCount: number } => ({ vCpuCount: vCpuCountOf(type), gpuCount: gpuCountOf(type) });
