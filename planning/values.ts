import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import type { Json } from "../contract/json";
import type { Path } from "./positions";

/** Nested collections. Ours need eight; the bound keeps every walk over the data off the end of the stack. */
export const MAX_DEPTH = 64;

/** A problem at an offset of the text. */
export interface ValueFault {
  readonly code: string;
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

interface Reading {
  readonly faults: ValueFault[];
  readonly unreadable: Path[];
}

/**
 * A composed document as plain JSON data. A value that is refused (an alias, a
 * tag, a number that would lose digits) becomes null, its path is listed as
 * unreadable, and reading goes on.
 */
export function readValue(root: Node | null): Reading & { readonly data: { readonly [key: string]: Json } | undefined } {
  const reading: Reading = { faults: [], unreadable: [] };
  if (root === null || (isScalar(root) && root.value === null)) {
    refuse(reading, root, [], "yaml-empty", "the file holds nothing but comments and blank space", "start with name: and the model's name");
    return { ...reading, data: undefined };
  }
  // Null where the map itself carries a tag: that is said already.
  const data = isMap(root) ? (readNode(root, [], reading) ?? undefined) : undefined;
  if (!isMap(root)) {
    const found = isSeq(root) ? "a list" : isAlias(root) ? "an alias" : "a single value";
    refuse(reading, root, [], "yaml-not-a-map", `the file holds ${found} where fields and their values are needed`, "write name: value lines");
  }
  return { ...reading, data: data as { [key: string]: Json } | undefined };
}

function readNode(node: Node | null | undefined, path: Path, reading: Reading): Json {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) {
    return refuse(reading, node, path, "yaml-alias", `*${short(node.source)} stands for a value written elsewhere`, "write the value out: environments are there for what repeats");
  }
  const { tag, anchor } = node as { tag?: string; anchor?: string };
  if (tag !== undefined) return refuse(reading, node, path, "yaml-tag", `the tag ${short(tag.replace(/^tag:yaml\.org,2002:/, "!!"))} is not read`, "remove it; put text in quotes");
  if (anchor !== undefined) refuse(reading, node, path, "yaml-alias", `the anchor &${short(anchor)} has no use: aliases are not read`, "remove it");
  if (isMap(node)) return readMap(node.items as Pair<Node, Node | null>[], path, reading);
  if (isSeq(node)) return node.items.map((item, index) => readNode(item as Node, [...path, String(index)], reading));
  return isScalar(node) ? readScalar(node, path, reading) : null;
}

function readMap(pairs: readonly Pair<Node, Node | null>[], path: Path, reading: Reading): Json {
  const map: { [key: string]: Json } = {};
  for (const { key, value } of pairs) {
    if (!isScalar(key) || typeof key.value !== "string") {
      const written = isScalar(key) && key.source !== undefined && key.source !== "" ? ` ${short(key.source)}` : "";
      const hint = written === "" ? "a key is plain text" : `write it in quotes: "${short((key as Scalar).source!)}"`;
      note(reading, key ?? value, path, "yaml-key", `the key${written} is not text`, hint);
    } else if (key.tag !== undefined || key.anchor !== undefined) {
      note(reading, key, [...path, key.value], "yaml-tag", `the key ${short(key.value)} carries a tag or an anchor`, "remove it");
    } else if (key.value === "<<") {
      note(reading, key, [...path, key.value], "yaml-merge-key", "the merge key << is not read", "write the fields out: environments are there for what repeats");
    } else if (key.value === "__proto__") {
      // As a plain assignment it would set the prototype of what we hand on.
      note(reading, key, [...path, key.value], "yaml-key", "the key __proto__ is not allowed", "choose another name");
    } else if (Object.hasOwn(map, key.value)) {
      note(reading, key, [...path, key.value], "yaml-duplicate-key", `${short(key.value)} is written twice in the same map`, "keep one of the two");
    } else {
      map[key.value] = readNode(value, [...path, key.value], reading);
    }
  }
  return map;
}

function readScalar(node: Scalar, path: Path, reading: Reading): Json {
  const { value, source = "" } = node;
  if (typeof value !== "number") return value as Json;
  if (!Number.isFinite(value)) return refuse(reading, node, path, "yaml-number", `${short(source)} is not a finite number`, "write a number, or put text in quotes");
  if (/^[-+]?0[0-9]+$/.test(source)) {
    return refuse(reading, node, path, "yaml-number", `${short(source)} is ${value} in YAML 1.2 and octal in YAML 1.1`, `write ${value}, or "${short(source)}" for text`);
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return refuse(reading, node, path, "yaml-number", `${short(source)} has more digits than a number keeps`, "put it in quotes if it is a name or a code");
  }
  return value;
}

/** Reports a value, and marks it as one that nothing more can be said of. */
function refuse(reading: Reading, node: Node | null, path: Path, code: string, message: string, hint: string): null {
  reading.unreadable.push(path);
  return note(reading, node, path, code, message, hint);
}

function note(reading: Reading, node: Node | null, path: Path, code: string, message: string, hint: string): null {
  reading.faults.push({ code, offset: node?.range?.[0] ?? 0, path, message, hint });
  return null;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
