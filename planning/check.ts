import Ajv, { type ValidateFunction } from "ajv";
import type { Json } from "../contract/json";
import { schemaFaults } from "./faults";
import type { Fault } from "./layers";
import { parseQuantity, type QuantityRule } from "./quantities";
import { descriptorSchema } from "./schema";

/** Annotations that the validator only has to know of. */
const ANNOTATIONS = ["x-field", "x-source", "x-expects", "x-codes"];

let compiled: ValidateFunction | undefined;

/** What is wrong with a descriptor, or with an overlay merged into it, by the schema alone. */
export function check(document: Json): Fault[] {
  compiled ??= compile();
  return compiled(document) ? [] : schemaFaults(compiled.errors ?? []);
}

/** Compiling takes longer than a thousand checks, so it happens once, when first needed. */
function compile(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
  for (const keyword of ANNOTATIONS) ajv.addKeyword(keyword);
  ajv.addKeyword({
    keyword: "x-quantity",
    type: "string",
    errors: false,
    validate: (rule: QuantityRule, text: string) => "value" in parseQuantity(text, rule),
  });
  return ajv.compile(descriptorSchema());
}
