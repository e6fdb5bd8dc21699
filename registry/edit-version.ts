import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";

/** Fields of a version, as they are written: `s3://…`, a sha256, `900 MiB`. */
export interface VersionFields {
  readonly artifact?: string;
  readonly sha256?: string;
  readonly memory?: string;
}

/**
 * A descriptor with fields of one version set, the version added after the others where it is new.
 * Nothing else changes, down to the spaces before a comment: the text is cut where the values stand,
 * and never written anew.
 *
 * @returns the text, or why it cannot be done, in words that go on from the file's name.
 */
export function editVersion(text: string, version: string, fields: VersionFields): { readonly text: string } | { readonly problem: string } {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { problem: `is not YAML: ${document.errors[0]!.message.split("\n")[0]}` };
  const versions = document.get("versions", true) as Node | undefined;
  if (!isMap(versions) || versions.items.length === 0) return { problem: "has no versions to write beside" };
  const written = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const pair = pairOf(versions, version);
  let edited = text;
  if (pair === undefined) edited = added(text, versions, version, written);
  else {
    if (!isMap(pair.value)) return { problem: `does not say what ${version} is` };
    // From the last place to the first, so that what was measured stays true.
    for (const [field, value] of [...written].sort(([a], [b]) => placeOf(pair.value as YAMLMap, b) - placeOf(pair.value as YAMLMap, a))) edited = set(edited, pair.value, field, value);
  }
  const read = parseDocument(edited);
  const now = read.errors.length > 0 ? undefined : (read.toJS() as { versions?: { [version: string]: { [field: string]: unknown } | undefined } }).versions?.[version];
  if (written.some(([field, value]) => now?.[field] !== value)) return { problem: `is written in a way that cannot be edited in place; write versions.${version} by hand` };
  return { text: edited };
}

/** What the descriptor's text says of a version; undefined where it has none. */
export function versionIn(text: string, version: string): VersionFields | undefined {
  const document = parseDocument(text);
  const found: unknown = document.errors.length > 0 ? undefined : document.getIn(["versions", version]);
  return isMap(found) ? (found.toJSON() as VersionFields) : undefined;
}

/** Where a new version's archive would lie, if it is kept as those beside it are: under its own name. Undefined where they tell nothing. */
export function addressBeside(text: string, version: string): string | undefined {
  const { versions } = parseDocument(text).toJS() as { versions?: { [version: string]: VersionFields } };
  for (const [name, { artifact }] of Object.entries(versions ?? {}).reverse()) {
    const parts = artifact?.split("/") ?? [];
    if (parts.includes(name)) return parts.map((part) => (part === name ? version : part)).join("/");
  }
  return undefined;
}

const keyOf = ({ key }: Pair): unknown => (isScalar(key) ? key.value : key);
const pairOf = (map: YAMLMap, name: string): Pair | undefined => (map.items).find((pair) => keyOf(pair) === name);
const placeOf = (map: YAMLMap, field: string): number => (pairOf(map, field)?.value as Node | undefined)?.range?.[0] ?? Infinity;

function set(text: string, map: YAMLMap, field: string, value: string): string {
  const old = pairOf(map, field)?.value as Node | undefined;
  if (old === undefined) return appended(text, map, `${field}: ${scalar(value)}`);
  return splice(text, old.range![0], old.range![1], scalar(value));
}

/** One more entry at the end of a map, in the map's own style. */
function appended(text: string, map: YAMLMap, entry: string): string {
  if (map.flow) {
    const close = map.range![1] - 1;
    const last = lastPlace(map);
    return splice(text, last, close, `, ${entry}${text.slice(last, close).replace(/,/, "") || ""}`);
  }
  const lines = entry.split("\n").map((line) => `\n${" ".repeat(columnOf(text, map))}${line}`);
  const end = endOfLine(text, lastPlace(map));
  return splice(text, end, end, lines.join(""));
}

function added(text: string, versions: YAMLMap, version: string, fields: readonly (readonly [string, string])[]): string {
  const entries = fields.map(([field, value]) => `${field}: ${scalar(value)}`);
  const beside = (versions.items.at(-1) as Pair).value;
  if (versions.flow || (isMap(beside) && beside.flow)) return appended(text, versions, `${version}: { ${entries.join(", ")} }`);
  const step = isMap(beside) ? columnOf(text, beside) - columnOf(text, versions) : 2;
  return appended(text, versions, [`${version}:`, ...entries.map((entry) => " ".repeat(step) + entry)].join("\n"));
}

/** Where the last value of a map ends, its comments and line end not counted. */
function lastPlace(map: YAMLMap): number {
  const { key, value } = map.items.at(-1) as Pair<Node, Node | null>;
  if (isMap(value) && !value.flow && value.items.length > 0) return lastPlace(value);
  return (value ?? key).range![1];
}

/** Spaces before a block map's keys. */
function columnOf(text: string, map: YAMLMap): number {
  const start = ((map.items[0] as Pair).key as Node).range![0];
  return start - (text.lastIndexOf("\n", start - 1) + 1);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : text[end - 1] === "\r" ? end - 1 : end;
}

/** What no reader of YAML takes for anything but this text; the rest is quoted: `A:` would be a map, `null` nothing, digits a number. */
const PLAIN = /^(s3:\/|\.)\/[\w./-]*[\w/]$|^\d+ [KMGT]iB$/;
const scalar = (value: string): string => (PLAIN.test(value) ? value : JSON.stringify(value));

const splice = (text: string, from: number, to: number, by: string): string => text.slice(0, from) + by + text.slice(to);
