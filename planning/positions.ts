import { isMap, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from "yaml";
import type { Position } from "./types";

/** Keys from the root of a document. */
export type Path = readonly string[];

export const dotted = (path: Path): string => path.join(".");

/** Where a path led in one document. */
export interface Found {
  /** How many keys of the path are there. */
  readonly depth: number;
  readonly key: Node | undefined;
  readonly value: Node | null;
}

/**
 * Where things stand in one file. Nothing is indexed: the way to a node is
 * walked again for each issue, and a clean file asks for none.
 */
export class Positions {
  constructor(
    private readonly root: ParsedNode | null,
    private readonly lines: LineCounter,
  ) {}

  /** Follows a path as far as it goes. */
  find(path: Path): Found {
    let found: Found = { depth: 0, key: undefined, value: this.root };
    for (const segment of path) {
      const next = step(found.value, segment);
      if (next === undefined) break;
      found = { depth: found.depth + 1, ...next };
    }
    return found;
  }

  /** Position of the key that a path ends with, or of its nearest ancestor's. */
  ofKey(found: Found): Position {
    return this.at((found.key ?? found.value)?.range?.[0] ?? 0);
  }

  /** Position of a scalar value; of the key where the value is a collection, empty, or not there. */
  ofValue(found: Found): Position {
    const isPlainValue = isScalar(found.value) && found.value.range != null && found.value.range[1] > found.value.range[0];
    return isPlainValue ? this.at(found.value.range![0]) : this.ofKey(found);
  }

  /** 1-based line and column of an offset in the text. */
  at(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function step(node: Node | null, segment: string): { key: Node | undefined; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === segment);
    return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
  }
  if (isSeq(node)) {
    const item = node.items[Number(segment)] as Node | undefined;
    return item === undefined ? undefined : { key: item, value: item };
  }
  return undefined;
}
