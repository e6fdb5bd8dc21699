import type { Json } from "../../../contract/json";

/** A copy of `base` with `changes` in it, object by object. */
export function merge(base: Json, changes: Json): Json {
  if (!isObject(base) || !isObject(changes)) return changes;
  const merged: { [key: string]: Json } = { ...base };
  for (const [key, value] of Object.entries(changes)) merged[key] = Object.hasOwn(base, key) ? merge(base[key]!, value) : value;
  return merged;
}

const isObject = (value: Json): value is { readonly [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);
