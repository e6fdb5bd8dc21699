import { isObject } from "../merge-patch";
import { fieldsIn, type Rule } from "./rule";
import { secretsIn } from "./secrets";

const OBJECTS = "https://json-schema.org/understanding-json-schema/reference/object#required";

/** Keywords that say nothing of what a value is. */
const notes = new Set(["$comment", "$id", "$schema", "default", "definitions", "description", "examples", "title"]);

/** Rules over a contract whose schemas compile. */
export const contractRules: readonly Rule[] = [
  {
    code: "contract-takes-anything",
    check: (contract) =>
      (["request", "response"] as const)
        .filter((side) => Object.keys(fieldsIn(contract[side])).every((keyword) => notes.has(keyword)))
        .map((side) => ({
          severity: "warning",
          path: [side],
          at: "key",
          message: `any JSON at all is a ${side} by this schema: nothing is checked, and callers get no types`,
          hint: "write type: object and its properties",
        })),
  },
  {
    code: "contract-nothing-required",
    check: ({ request }) => {
      const { properties, required, minProperties, ...others } = fieldsIn(request);
      const hasChoice = ["$ref", "allOf", "anyOf", "if", "oneOf"].some((keyword) => others[keyword] !== undefined);
      if (!isObject(properties) || Object.keys(properties).length === 0 || hasChoice || minProperties !== undefined) return [];
      if (Array.isArray(required) && required.length > 0) return [];
      return [
        {
          severity: "warning",
          path: ["request"],
          at: "key",
          message: "every property of a request may be left out, so {} is a request: the model is asked about nothing",
          hint: `write: required: [${Object.keys(properties)[0]!}]`,
          source: OBJECTS,
        },
      ];
    },
  },
  { code: "secret-written", check: (contract) => secretsIn(contract) },
];
