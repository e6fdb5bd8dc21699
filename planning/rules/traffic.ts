import { isObject } from "../merge-patch";
import { fieldsIn, type Rule } from "./rule";

const VARIANT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html";

/** Rules over the traffic: weights are relative, and most people mean percentages or fractions by them. */
export const trafficRules: readonly Rule[] = [
  {
    code: "traffic-sum",
    check: ({ traffic, versions }) => {
      const written = Object.values(fieldsIn(traffic)).map((share) => (isObject(share) ? share.weight : share));
      if (!written.every((weight): weight is number => typeof weight === "number" && weight >= 0)) return [];
      // A version that is not there is a weight that was meant for another.
      if (Object.keys(fieldsIn(traffic)).some((version) => !Object.hasOwn(fieldsIn(versions), version))) return [];
      const weights = written.filter((weight) => weight > 0);
      if (weights.length < 2) return [];
      const sum = round(weights.reduce((total, weight) => total + weight, 0));
      const areFractions = weights.every((weight) => weight <= 1) && weights.some((weight) => weight % 1 !== 0);
      // Near 100 and not quite: somebody changed one weight and not the other.
      const arePercentages = weights.every((weight) => weight < 100) && Math.abs(sum - 100) <= 10;
      const meant = areFractions ? 1 : arePercentages ? 100 : sum;
      if (sum === meant) return [];
      return [
        {
          severity: "warning",
          path: ["traffic"],
          at: "key",
          message: `the weights look like ${areFractions ? "fractions" : "percentages"} and add up to ${sum}: a version's share is its weight by the sum`,
          hint: `make them add up to ${meant}, or write other weights`,
          source: VARIANT,
        },
      ];
    },
  },
];

const round = (sum: number): number => Math.round(sum * 1e6) / 1e6;
