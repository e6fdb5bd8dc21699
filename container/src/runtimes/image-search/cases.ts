import type { Json } from "../../../../contract/json";

/** A known case that an image can resemble. Its place in the list is its place in the index. */
export interface Case {
  readonly id: string;
  /** What it was labelled; empty where nobody did. */
  readonly skinType: string;
  readonly concerns: readonly string[];
  readonly recommendations: readonly string[];
  /** Whatever else is known of it: image, Fitzpatrick and Monk labels. Passed on as it is. */
  readonly metadata: { readonly [field: string]: Json };
}

/**
 * Reads an artifact's cases, in the order of the index. A record of SCIN's tables has `case_id` for
 * `id`, and its one `condition` counts as its concern.
 *
 * @throws Error naming the case and the field.
 */
export function readCases(value: unknown): Case[] {
  if (!Array.isArray(value)) throw new Error("the cases are not a list");
  return value.map((entry: unknown, place) => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw new Error(`case ${place} is not an object`);
    const { id: ownId, skin_type: skinType = "", concerns: ownConcerns, recommendations = [], ...metadata } = entry as { [field: string]: Json };
    const id = ownId ?? metadata.case_id;
    const concerns = ownConcerns ?? (typeof metadata.condition === "string" ? [metadata.condition] : []);
    const wrong = (field: string, wanted: string): Error => new Error(`case ${place}: "${field}" is not ${wanted}`);
    if (typeof id !== "string" || id === "") throw wrong("id", "text");
    if (typeof skinType !== "string") throw wrong("skin_type", "text");
    const texts = (field: string, list: Json): string[] => {
      if (!Array.isArray(list) || !list.every((text) => typeof text === "string")) throw wrong(field, "a list of texts");
      return list;
    };
    return { id, skinType, concerns: texts("concerns", concerns), recommendations: texts("recommendations", recommendations), metadata };
  });
}
