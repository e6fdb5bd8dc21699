/**
 * Quantities as people write them. One form each, so that two descriptors never
 * say the same thing differently:
 *
 *   duration  `1500ms` `90s` `15m` `2h` `7d`   a whole number and a unit, nothing between
 *   size      `3072 MiB` `3 GiB` `1 TiB`       a whole number, one space, a binary unit
 *   percent   `80%`                            a whole number and the sign
 *
 * No fractions, signs, exponents, leading zeros or sums (`1h30m` is `90m`). A
 * value that is not whole in the field's own unit is refused, never rounded.
 */
export type QuantityKind = "duration" | "size" | "percent";
export type QuantityUnit = "seconds" | "milliseconds" | "microseconds" | "MiB" | "GiB" | "percent";

/** The `x-quantity` annotation of a schema. Bounds and choices are in `unit`. */
export interface QuantityRule {
  readonly kind: QuantityKind;
  /** The unit of the resolved number. */
  readonly unit: QuantityUnit;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly oneOf?: readonly number[];
}

export type ParsedQuantity = { readonly value: number } | { readonly problem: string; readonly suggestion?: string };

interface Grammar {
  /** Between number and unit. */
  readonly gap: "" | " ";
  /** Written units, smallest first, in the kind's own smallest step. */
  readonly units: { readonly [unit: string]: number };
  /** How people write the units elsewhere, in lower case. */
  readonly aliases: { readonly [alias: string]: string };
  readonly noun: string;
  readonly examples: string;
}

const grammars: { readonly [Kind in QuantityKind]: Grammar } = {
  duration: {
    gap: "",
    units: { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 },
    aliases: {
      ...named("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"),
      ...named("s", "sec", "secs", "second", "seconds"),
      ...named("m", "min", "mins", "minute", "minutes"),
      ...named("h", "hr", "hrs", "hour", "hours"),
      ...named("d", "day", "days"),
    },
    noun: "a length of time",
    examples: "1500ms, 90s, 15m or 2h",
  },
  size: {
    gap: " ",
    units: { MiB: 1, GiB: 1024, TiB: 1024 * 1024 },
    aliases: { ...named("MiB", "m", "mb", "mi", "mib"), ...named("GiB", "g", "gb", "gi", "gib"), ...named("TiB", "t", "tb", "ti", "tib") },
    noun: "a size",
    examples: "3072 MiB or 3 GiB",
  },
  percent: {
    gap: "",
    units: { "%": 1 },
    aliases: named("%", "", "percent", "pct"),
    noun: "a percentage",
    examples: "80%",
  },
};

/** How many of a kind's smallest steps one canonical unit holds. */
const canonicalSteps: { readonly [Unit in QuantityUnit]: number } = {
  microseconds: 1,
  milliseconds: 1_000,
  seconds: 1_000_000,
  MiB: 1,
  GiB: 1024,
  percent: 1,
};

const strictForms = Object.fromEntries(
  Object.keys(grammars).map((kind) => [kind, new RegExp(quantityPattern(kind as QuantityKind))]),
) as unknown as { readonly [Kind in QuantityKind]: RegExp };

/** The strict form as a regular expression, for editors. It cannot say bounds. */
export function quantityPattern(kind: QuantityKind): string {
  const { gap, units } = grammars[kind];
  return `^(0|[1-9][0-9]*)${gap}(${Object.keys(units).join("|")})$`;
}

/** Reads a quantity in its strict form as a whole number of `rule.unit`, within the rule's bounds. */
export function parseQuantity(text: string, rule: QuantityRule): ParsedQuantity {
  const grammar = grammars[rule.kind];
  const match = strictForms[rule.kind].exec(text);
  if (match === null) {
    const suggestion = suggest(text, rule);
    return { problem: `${grammar.noun} is written like ${grammar.examples}`, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const value = (Number(match[1]) * grammar.units[match[2]!]!) / canonicalSteps[rule.unit];
  if (!Number.isSafeInteger(value)) {
    return value > Number.MAX_SAFE_INTEGER ? { problem: "it is larger than any value here can be" } : { problem: `it is not a whole number of ${rule.unit}` };
  }
  return withinBounds(value, rule);
}

function withinBounds(value: number, rule: QuantityRule): ParsedQuantity {
  const write = (bound: number): string => formatQuantity(bound, rule);
  const { minimum, maximum, oneOf } = rule;
  if (oneOf !== undefined && !oneOf.includes(value)) {
    const nearest = [...oneOf].sort((a, b) => a - b).find((choice) => choice >= value) ?? Math.max(...oneOf);
    return { problem: `it takes ${listed(oneOf.map(write))}`, suggestion: write(nearest) };
  }
  if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum)) {
    const range =
      minimum === undefined ? `at most ${write(maximum!)}` : maximum === undefined ? `at least ${write(minimum)}` : `${write(minimum)} to ${write(maximum)}`;
    return { problem: `it takes ${range}`, suggestion: write(minimum !== undefined && value < minimum ? minimum : maximum!) };
  }
  return { value };
}

/**
 * Writes a canonical number back: durations in the largest unit that holds them
 * whole, sizes in their canonical unit. `parseQuantity` of the result gives the
 * number again.
 *
 * @throws RangeError for a number that has no written form (a negative one, a part of a millisecond).
 */
export function formatQuantity(value: number, rule: Pick<QuantityRule, "kind" | "unit">): string {
  const { gap, units } = grammars[rule.kind];
  const steps = value * canonicalSteps[rule.unit];
  const unit = rule.kind === "size" ? rule.unit : steps === 0 && rule.kind === "duration" ? "s" : largestUnit(steps, units);
  if (unit === undefined || value < 0) throw new RangeError(`${value} ${rule.unit} has no written form`);
  return `${steps / units[unit]!}${gap}${unit}`;
}

/** The largest written unit that holds so many steps whole. */
function largestUnit(steps: number, units: Grammar["units"], atMost = Infinity): string | undefined {
  return Object.keys(units)
    .reverse()
    .find((unit) => units[unit]! <= atMost && steps % units[unit]! === 0);
}

/** What a person probably meant, in the strict form; undefined where nothing sensible can be said. */
function suggest(text: string, rule: QuantityRule): string | undefined {
  const { gap, units, aliases } = grammars[rule.kind];
  // Bounded: a suggestion for a megabyte of text helps nobody.
  if (text.length > 40) return undefined;
  const parts = [...text.trim().matchAll(/(\d+(?:[.,]\d+)?(?:e\+?\d+)?)\s*([a-z%]*)\s*/giy)];
  if (parts.length === 0 || parts.map(([all]) => all).join("") !== text.trim()) return undefined;
  let steps = 0;
  let smallest = Infinity;
  for (const [, number, written] of parts) {
    const unit = unitOf(written!, units, aliases) ?? (written === "" && parts.length === 1 ? bareUnit(rule.unit) : undefined);
    if (unit === undefined) return undefined;
    steps += Number(number!.replace(",", ".")) * units[unit]!;
    smallest = Math.min(smallest, units[unit]!);
  }
  const unit = largestUnit(steps, units, smallest);
  return unit === undefined || !Number.isSafeInteger(steps) ? undefined : `${steps / units[unit]!}${gap}${unit}`;
}

function unitOf(written: string, units: Grammar["units"], aliases: Grammar["aliases"]): string | undefined {
  const lower = written.toLowerCase();
  const unit = Object.keys(units).find((candidate) => candidate === written) ?? Object.keys(units).find((candidate) => candidate.toLowerCase() === lower);
  return unit ?? (Object.hasOwn(aliases, lower) ? aliases[lower] : undefined);
}

/** The written unit that a bare number is most likely meant in. */
function bareUnit(unit: QuantityUnit): string | undefined {
  switch (unit) {
    case "seconds":
      return "s";
    case "milliseconds":
      return "ms";
    case "MiB":
    case "GiB":
      return unit;
    case "percent":
      return "%";
    case "microseconds":
      return undefined; // seconds and milliseconds are as likely
  }
}

function named(unit: string, ...aliases: string[]): { [alias: string]: string } {
  return Object.fromEntries(aliases.map((alias) => [alias, unit]));
}

function listed(items: readonly string[]): string {
  return items.length === 1 ? items[0]! : `${items.slice(0, -1).join(", ")} or ${items.at(-1)!}`;
}
