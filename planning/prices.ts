import { deepFreeze } from "./freeze";

/** One price: US dollars on demand, before tax and free tier. */
export interface Price {
  readonly usd: number;
  readonly per: "GB-second" | "alarm-month" | "hour" | "key-month";
  readonly source: string;
  /** The day the row was last held against its source. */
  readonly read: string;
}

interface RegionPrices {
  /** SageMaker hosting, by instance type. */
  readonly instances: { readonly [type: string]: Price };
  /** SageMaker serverless inference, memory × time. */
  readonly serverlessCompute: Price;
  /** A CloudWatch alarm of standard resolution on one metric. */
  readonly alarm: Price;
  /** A customer managed key. */
  readonly key: Price;
}

const READ = "2026-11-23";
const SAGEMAKER = "https://aws.amazon.com/sagemaker/ai/pricing/";
const hosting = (usd: number): Price => ({ usd, per: "hour", source: SAGEMAKER, read: READ });

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
    serverlessCompute: { usd: 0.00002, per: "GB-second", source: SAGEMAKER, read: READ },
    alarm: { usd: 0.1, per: "alarm-month", source: "https://aws.amazon.com/cloudwatch/pricing/", read: READ },
    key: { usd: 1, per: "key-month", source: "https://aws.amazon.com/kms/pricing/", read: READ },
  },
});

/** The rows of a region, and which region they are of. */
export function pricesFor(region: string): { readonly rows: RegionPrices; readonly region: string } {
  const own = Object.hasOwn(prices, region) ? prices[region] : undefined;
  return own === undefined ? { rows: prices[REFERENCE_REGION], region: REFERENCE_REGION } : { rows: own, region };
}

/** The oldest day in a region's rows. */
export function oldestRead(rows: RegionPrices): string {
  const all = [...Object.values(rows.instances), rows.serverlessCompute, rows.alarm, rows.key];
  return all.map((row) => row.read).sort()[0]!;
}
