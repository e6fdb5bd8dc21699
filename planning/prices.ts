import { deepFreeze } from "./freeze";

/** One price: US dollars on demand, before tax and free tier. */
export interface Price {
  readonly usd: number;
  readonly per: "GB" | "GB-month" | "GB-second" | "IOPS-month" | "MiBps-month" | "alarm-month" | "dashboard-month" | "hour" | "key-month" | "secret-month" | "thousand";
  readonly source: string;
  /** The day the row was last held against its source. */
  readonly read: string;
}

interface RegionPrices {
  /** SageMaker hosting, by instance type. */
  readonly instances: { readonly [type: string]: Price };
  /** EC2 instances running Linux, by type: what Elastic Beanstalk runs on, without a surcharge. */
  readonly servers: { readonly [type: string]: Price };
  /** SageMaker serverless inference, memory × time. */
  readonly serverlessCompute: Price;
  /** A CloudWatch alarm of standard resolution on one metric. */
  readonly alarm: Price;
  /** A CloudWatch dashboard. */
  readonly dashboard: Price;
  /** What CloudWatch Logs takes in, class Standard. */
  readonly logs: Price;
  /** gp3 volumes: capacity, operations above 3000 a second, throughput above 125 MiB a second. */
  readonly diskCapacity: Price;
  readonly diskOperations: Price;
  readonly diskThroughput: Price;
  /** An application load balancer, and a capacity unit of its work. */
  readonly loadBalancer: Price;
  readonly loadBalancerWork: Price;
  /** A secret in Secrets Manager. */
  readonly secret: Price;
  /** A customer managed key. */
  readonly key: Price;
  /** What S3 keeps, class Standard, first 50 TB; a thousand objects written to it. */
  readonly storage: Price;
  readonly storageWrites: Price;
  /** An interface endpoint in one zone, before the data that it handles. */
  readonly interfaceEndpoint: Price;
  /** A NAT gateway, before the data that it handles, and the public address that it has. */
  readonly natGateway: Price;
  readonly publicAddress: Price;
}

const READ = "2026-11-23";
const SAGEMAKER = "https://aws.amazon.com/sagemaker/ai/pricing/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const EBS = "https://aws.amazon.com/ebs/pricing/";
const BALANCER = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const PRIVATELINK = "https://aws.amazon.com/privatelink/pricing/";
const S3 = "https://aws.amazon.com/s3/pricing/";
const VPC = "https://aws.amazon.com/vpc/pricing/";
const hosting = (usd: number): Price => ({ usd, per: "hour", source: SAGEMAKER, read: READ });
const ec2 = (usd: number): Price => ({ usd, per: "hour", source: "https://aws.amazon.com/ec2/pricing/on-demand/", read: READ });

/** The region whose rows stand in where a region has none. */
export const REFERENCE_REGION = "us-east-1";

/**
 * Prices by region. They are estimates for a budget, not a bill: the rows were
 * gathered from public price tables that agree with one another; correct them
 * from the page each names and date them anew.
 */
export const prices: { readonly [region: string]: RegionPrices } & { readonly [REFERENCE_REGION]: RegionPrices } = deepFreeze({
  [REFERENCE_REGION]: {
    instances: {
      "ml.c5.large": hosting(0.102),
      "ml.c5.xlarge": hosting(0.204),
      "ml.c5.2xlarge": hosting(0.408),
      "ml.c5.4xlarge": hosting(0.816),
      "ml.g4dn.xlarge": hosting(0.7364),
      "ml.g5.xlarge": hosting(1.408),
      "ml.m5.large": hosting(0.115),
      "ml.m5.xlarge": hosting(0.23),
      "ml.m5.2xlarge": hosting(0.461),
      "ml.m5.4xlarge": hosting(0.922),
    },
    servers: {
      "c5.2xlarge": ec2(0.34),
      "g4dn.xlarge": ec2(0.526),
      "m5.2xlarge": ec2(0.384),
      "m5.large": ec2(0.096),
      "r5.2xlarge": ec2(0.504),
    },
    serverlessCompute: { usd: 0.00002, per: "GB-second", source: SAGEMAKER, read: READ },
    alarm: { usd: 0.1, per: "alarm-month", source: CLOUDWATCH, read: READ },
    dashboard: { usd: 3, per: "dashboard-month", source: CLOUDWATCH, read: READ },
    logs: { usd: 0.5, per: "GB", source: CLOUDWATCH, read: READ },
    diskCapacity: { usd: 0.08, per: "GB-month", source: EBS, read: READ },
    diskOperations: { usd: 0.005, per: "IOPS-month", source: EBS, read: READ },
    diskThroughput: { usd: 0.04, per: "MiBps-month", source: EBS, read: READ },
    loadBalancer: { usd: 0.0225, per: "hour", source: BALANCER, read: READ },
    loadBalancerWork: { usd: 0.008, per: "hour", source: BALANCER, read: READ },
    secret: { usd: 0.4, per: "secret-month", source: "https://aws.amazon.com/secrets-manager/pricing/", read: READ },
    key: { usd: 1, per: "key-month", source: "https://aws.amazon.com/kms/pricing/", read: READ },
    storage: { usd: 0.023, per: "GB-month", source: S3, read: "2026-11-25" },
    storageWrites: { usd: 0.005, per: "thousand", source: S3, read: "2026-11-25" },
    interfaceEndpoint: { usd: 0.01, per: "hour", source: PRIVATELINK, read: "2026-11-25" },
    natGateway: { usd: 0.045, per: "hour", source: VPC, read: "2026-11-25" },
    publicAddress: { usd: 0.005, per: "hour", source: VPC, read: "2026-11-25" },
  },
});

/** The rows of a region, and which region they are of. */
export function pricesFor(region: string): { readonly rows: RegionPrices; readonly region: string } {
  const own = Object.hasOwn(prices, region) ? prices[region] : undefined;
  return own === undefined ? { rows: prices[REFERENCE_REGION], region: REFERENCE_REGION } : { rows: own, region };
}

/** What each price of a region without a type of its own is for. */
const priced: { readonly [Row in Exclude<keyof RegionPrices, "instances" | "servers">]: string } = {
  serverlessCompute: "SageMaker serverless inference, memory × time",
  alarm: "CloudWatch alarm on one metric",
  dashboard: "CloudWatch dashboard",
  logs: "CloudWatch Logs taken in",
  diskCapacity: "gp3 volume, capacity",
  diskOperations: "gp3 volume, each operation a second above 3000",
  diskThroughput: "gp3 volume, each MiB a second above 125",
  loadBalancer: "application load balancer",
  loadBalancerWork: "application load balancer, capacity unit",
  secret: "secret in Secrets Manager",
  key: "customer managed key",
  storage: "S3 Standard, kept",
  storageWrites: "S3 Standard, objects written",
  interfaceEndpoint: "interface endpoint in one zone",
  natGateway: "NAT gateway",
  publicAddress: "public IPv4 address",
};

/** Every row of a region and what it prices, for tables and for whoever holds them against their sources. */
export function priceRows(rows: RegionPrices): readonly { readonly what: string; readonly price: Price }[] {
  return [
    ...Object.entries(rows.instances).map(([type, price]) => ({ what: `\`${type}\``, price })),
    ...Object.entries(rows.servers).map(([type, price]) => ({ what: `EC2 \`${type}\``, price })),
    ...(Object.keys(priced) as (keyof typeof priced)[]).map((row) => ({ what: priced[row], price: rows[row] })),
  ];
}

/** The oldest day in a region's rows. */
export function oldestRead(rows: RegionPrices): string {
  return priceRows(rows).map(({ price }) => price.read).sort()[0]!;
}
