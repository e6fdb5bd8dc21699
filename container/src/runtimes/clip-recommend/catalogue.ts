import { GREY, toHsl, type Hsl, type Rgb } from "./colour";
import { genderOfCategory } from "./gender";

/** An item that can be recommended. Its place in the catalogue is its place in the index. */
export interface Item {
  readonly id: string;
  readonly category: string;
  readonly gender: string;
  /** Where its picture lies, as the training wrote it. */
  readonly path: string;
  /** Undefined where it is not known: it then counts as grey. */
  readonly colour?: Rgb;
  readonly hsl: Hsl;
}

/**
 * Reads an artifact's items: a list of the seed's records, in the order of the index. The colour is
 * taken from `color_rgb` or `color`, whichever is one; a missing gender follows from the category.
 *
 * @throws Error naming the item and the field.
 */
export function readCatalogue(value: unknown): Item[] {
  if (!Array.isArray(value)) throw new Error("the catalogue is not a list of items");
  return value.map((entry: unknown, place) => {
    if (typeof entry !== "object" || entry === null) throw new Error(`item ${place} of the catalogue is not an object`);
    const record = entry as { readonly [field: string]: unknown };
    const text = (field: string): string => {
      const found = record[field];
      if (typeof found !== "string" || found === "") throw new Error(`item ${place} of the catalogue has no text in "${field}"`);
      return found;
    };
    const category = text("category");
    const colour = [record["color_rgb"], record["color"]].find(isRgb);
    return {
      id: text("id"),
      category,
      gender: record["gender"] === undefined ? genderOfCategory(category).gender : text("gender"),
      path: record["path"] === undefined ? "" : text("path"),
      ...(colour && { colour }),
      hsl: toHsl(colour ?? GREY),
    };
  });
}

const isRgb = (value: unknown): value is Rgb =>
  Array.isArray(value) && value.length === 3 && value.every((level) => Number.isInteger(level) && level >= 0 && level <= 255);
