import type { Json } from "../../contract/json";

type Fields = { readonly [field: string]: Json };

/**
 * Whether an event is one that a rule of EventBridge waits for: every field of
 * the pattern is in the event, and has one of the values that are listed for it.
 * Exact values, `prefix`, `suffix`, `exists` and `anything-but` are read; another
 * way of matching throws, so that no rule is silently taken for another.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matchesPattern(pattern: Fields, event: Json | undefined): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isFields(event) ? event[field] : undefined;
    if (isFields(wanted)) return matchesPattern(wanted, value);
    if (!Array.isArray(wanted)) throw new Error(`the pattern's ${field} must be a list of values`);
    // Of a list in the event one value is enough.
    const values = Array.isArray(value) ? value : [value];
    return values.some((one) => wanted.some((each) => matchesValue(each, one)));
  });
}

function matchesValue(wanted: Json, value: Json | undefined): boolean {
  if (!isFields(wanted)) return value === wanted;
  const [[way, operand] = ["", null], ...more] = Object.entries(wanted);
  if (more.length > 0) throw new Error(`the pattern has ${Object.keys(wanted).join(" and ")} in one place`);
  if (way === "prefix" && typeof operand === "string") return typeof value === "string" && value.startsWith(operand);
  if (way === "suffix" && typeof operand === "string") return typeof value === "string" && value.endsWith(operand);
  if (way === "exists" && typeof operand === "boolean") return (value !== undefined) === operand;
  if (way === "anything-but" && !isFields(operand)) return value !== undefined && ![operand].flat().includes(value);
  throw new Error(`the pattern's ${JSON.stringify(wanted)} is not matched on this machine`);
}

const isFields = (value: Json | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
