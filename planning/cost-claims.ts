import { deepFreeze } from "./freeze";
import { HOURS_PER_MONTH } from "./limits";
import { REFERENCE_REGION, prices } from "./prices";

/**
 * What the systems that these models come from say they cost, beside what the
 * price rows of us-east-1 give. Their documents count months of 720 hours as
 * often as of 730, and mix the prices of EC2 and SageMaker.
 */
export interface CostClaim {
  readonly model: string;
  /** What is claimed, in words. */
  readonly what: string;
  /** US dollars, as claimed. */
  readonly claimedUsd: number;
  /** US dollars, from the price rows. */
  readonly usd: number;
  /** How the right figure comes about. */
  readonly basis: string;
  /** Where the claimed one comes from, and what is wrong with it; empty where nothing is. */
  readonly remark: string;
  /** Where it is claimed. */
  readonly source: string;
}

const rows = prices[REFERENCE_REGION];
const STYGIG = "https://github.com/siddharths060/Stygig-Model-2";
const OMNISEARCH = "https://github.com/HustleDanie/OmniSearch-A-Multimodal-Retrieval-and-Ranking-System-for-Cross-Modal-E-Commerce-Product-Discovery";
const VELIB = "https://github.com/Josh-Dum/Velib_Trend";
const SHINE = "https://github.com/mcpmessenger/shine-skincare-app";

/** An instance that is on all month. */
function monthOf(type: string): Pick<CostClaim, "basis" | "usd"> {
  const hourly = (rows.instances[type] ?? rows.servers[type])!.usd;
  return { usd: Math.round(hourly * HOURS_PER_MONTH * 100) / 100, basis: `$${hourly}/h × ${HOURS_PER_MONTH} h` };
}

const serverlessRequestUsd = rows.serverlessCompute.usd * 3 * 0.6;

export const costClaims: readonly CostClaim[] = deepFreeze([
  {
    model: "omnisearch-clip",
    what: "ml.g4dn.xlarge, a month",
    claimedUsd: 583,
    ...monthOf("ml.g4dn.xlarge"),
    remark: "720 hours of $0.81, which is not the price of the type",
    source: OMNISEARCH,
  },
  { model: "scin-search", what: "m5.2xlarge on Beanstalk, a month", claimedUsd: 280, ...monthOf("m5.2xlarge"), remark: "", source: SHINE },
  { model: "scin-search", what: "r5.2xlarge on Beanstalk, a month", claimedUsd: 365, ...monthOf("r5.2xlarge"), remark: "720 hours, and rounded", source: SHINE },
  { model: "scin-search", what: "g4dn.xlarge on Beanstalk, a month", claimedUsd: 380, ...monthOf("g4dn.xlarge"), remark: "720 hours, and rounded", source: SHINE },
  {
    model: "stygig-clip",
    what: "ml.c5.large, a month",
    claimedUsd: 70.08,
    ...monthOf("ml.c5.large"),
    remark: "730 hours of $0.096, which is what EC2 takes for an m5.large",
    source: STYGIG,
  },
  { model: "stygig-clip", what: "ml.m5.large, a month", claimedUsd: 83, ...monthOf("ml.m5.large"), remark: "720 hours, and rounded", source: STYGIG },
  { model: "stygig-clip", what: "ml.m5.xlarge, a month", claimedUsd: 166, ...monthOf("ml.m5.xlarge"), remark: "720 hours, and rounded", source: STYGIG },
  { model: "stygig-clip", what: "ml.g4dn.xlarge, a month", claimedUsd: 530, ...monthOf("ml.g4dn.xlarge"), remark: "720 hours, and rounded", source: STYGIG },
  {
    model: "stygig-clip",
    what: "async on ml.c5.large at 100 requests a day, a month",
    claimedUsd: 14.5,
    ...monthOf("ml.c5.large"),
    remark: "\"scales to zero\", and no scaling policy was ever registered: the instance stays on",
    source: STYGIG,
  },
  {
    model: "velib-lstm",
    what: "a request on serverless 3072 MiB",
    claimedUsd: 0.0002,
    usd: serverlessRequestUsd,
    basis: `$0.00002/GB-s × 3 GB × 600 ms`,
    remark: "a warm request takes 550 to 600 ms by the same document; the claim would be 3.3 s",
    source: VELIB,
  },
  {
    model: "velib-lstm",
    what: "an instance that is always on instead, a month",
    claimedUsd: 47,
    ...monthOf("ml.c5.large"),
    remark: "the price of an ml.t2.medium, a family that is being retired; ml.c5.large is the smallest here that holds 3 GiB",
    source: VELIB,
  },
]);

export const claimsOf = (model: string): readonly CostClaim[] => costClaims.filter((claim) => claim.model === model);
