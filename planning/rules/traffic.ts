import { isObject } from "../merge-patch";
import { fieldsIn, type Rule } from "./rule";

const VARIANT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html";

/** Modes whose instances a version may have of its own, and the one that says so itself. */
const onInstances = ["async", "multiModel", "realtime"];
const ofVariants = ["instance", "instances", "scaling"];

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
  {
    code: "variant-without-instances",
    check: ({ traffic, serving }) => {
      const modes = Object.keys(fieldsIn(serving));
      if (modes.length === 0 || modes.some((mode) => onInstances.includes(mode))) return [];
      return Object.entries(fieldsIn(traffic)).flatMap(([version, share]) => {
        const field = ofVariants.find((each) => Object.hasOwn(fieldsIn(share), each));
        if (field === undefined) return [];
        return [
          {
            severity: "warning" as const,
            path: ["traffic", version, field],
            at: "key" as const,
            message: `${version} has ${field} of its own, and ${modes.join(" and ")} ${modes.length === 1 ? "knows" : "know"} no instances of single versions: it does nothing`,
            hint: `write: ${version}: and its weight alone, or serve the model in realtime mode`,
            source: VARIANT,
          },
        ];
      });
    },
  },
];

const round = (sum: number): number => Math.round(sum * 1e6) / 1e6;
