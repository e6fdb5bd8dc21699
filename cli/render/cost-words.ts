import type { BreakEven, InstanceChoice, Way } from "../../planning/cost-comparison";
import type { CostClaim } from "../../planning/cost-claims";
import type { ModelComparison } from "../../planning/cost-report";
import { dollars } from "../../planning/cost";

export const grouped = (count: number): string => count.toLocaleString("en-US");

/** `100,000 requests a month, 200 ms each`. */
export const loadWords = ({ load }: Pick<ModelComparison, "load">): string =>
  `${grouped(load.requestsPerMonth)} requests a month, ${grouped(load.durationMilliseconds)} ms each`;

export const wayWords = ({ way, on }: Way): string => `${way}, ${on}`;

/** `$74.46`, or `$0.57 to $74.46` where it depends on how requests come. */
export const wayPrice = ({ leastMonthly, mostMonthly }: Way): string =>
  leastMonthly === mostMonthly ? dollars(leastMonthly) : `${dollars(leastMonthly)} to ${dollars(mostMonthly)}`;

export const millionWords = (usd: number | undefined): string => (usd === undefined ? "–" : dollars(usd));

export const breakEvenWords = ({ cheaper, than, upToRequestsPerMonth, when }: BreakEven): string => {
  const limit = upToRequestsPerMonth === null ? "at any load that one instance can take" : `up to ${grouped(upToRequestsPerMonth)} requests a month`;
  return `${cheaper} costs no more than ${than} ${limit}${when === "whenever they come" ? "" : ", where each comes alone"}`;
};

export const memoryWords = ({ memoryGiB }: InstanceChoice): string => (memoryGiB === undefined ? "–" : `${memoryGiB} GiB`);

/** Dollars of a claim: a request costs less than a cent. */
export const claimDollars = (usd: number): string => (usd < 0.01 ? `$${usd.toFixed(6).replace(/0+$/, "")}` : dollars(usd));

export const claimWords = ({ what, claimedUsd, usd, basis, remark }: CostClaim): string =>
  `${what}: ${claimDollars(usd)} (${basis}); claimed ${claimDollars(claimedUsd)}${remark === "" ? ", which is right" : `: ${remark}`}`;
