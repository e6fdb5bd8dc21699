import type { Issue } from "../contract/issue";
import type { Json } from "../contract/json";
import { issueAt } from "./issues";
import { isObject, mergePatch } from "./merge-patch";
import type { ParsedFile } from "./parse";
import type { Found, Path } from "./positions";
import type { Position } from "./types";

/** A problem at a path of the merged document, before it has a place in the file. */
export interface Fault {
  readonly code: string;
  readonly severity?: "error" | "warning";
  readonly path: Path;
  /** Whether the key is wrong or what stands there. Default: the value. */
  readonly at?: "key" | "value";
  readonly message: string;
  readonly hint?: string;
  readonly source?: string;
}

type Fields = { readonly [key: string]: Json };

/** A descriptor as one environment sees it: the base, and the overlay over it. Knows for every path which of the two wrote it. */
export class Layers {
  /** The merged document, without `environments`. */
  readonly document: Fields;
  private readonly prefix: Path | undefined;

  /** @param environment undefined for the base alone. */
  constructor(
    private readonly parsed: ParsedFile & { readonly data: Fields },
    environment?: string,
  ) {
    const { environments, ...base } = parsed.data;
    const overlay = environment === undefined ? undefined : overlayOf(environments, environment);
    this.prefix = overlay === undefined ? undefined : ["environments", environment!];
    this.document = overlay === undefined ? base : (mergePatch(base, overlay) as Fields);
  }

  /** Where a path was written: in the overlay if it says so there (a null too), else in the base, else at the nearest ancestor. */
  private find(path: Path): { found: Found; written: Path } {
    const { positions } = this.parsed;
    const base = positions.find(path);
    if (this.prefix === undefined) return { found: base, written: path };
    const over = positions.find([...this.prefix, ...path]);
    const depth = over.depth - this.prefix.length;
    const isWhole = over.depth === this.prefix.length + path.length;
    // A map that stands in both is the base's: what is missing in it was missing before.
    const wins = depth > base.depth || (depth > 0 && isWhole && !(isCollection(over) && base.depth === path.length));
    return wins ? { found: over, written: [...this.prefix, ...path] } : { found: base, written: path };
  }

  private findInOverlay(path: Path): { found: Found; written: Path } | undefined {
    if (this.prefix === undefined) return undefined;
    const written = [...this.prefix, ...path];
    const found = this.parsed.positions.find(written);
    return found.depth > this.prefix.length ? { found, written: written.slice(0, found.depth) } : undefined;
  }

  /** Where a dotted path was written: `ResolvedModel.locate`. */
  readonly locate = (path: string): Position => this.parsed.positions.ofValue(this.find(path === "" ? [] : path.split(".")).found);

  /**
   * The fault as an issue of the file; undefined where its place could not be read anyway.
   *
   * @param isNew the base alone does not have it: it is the overlay's doing, and reported there if the overlay says
   *   anything on the way to the path.
   */
  issue(fault: Fault, isNew = false): Issue | undefined {
    const { found, written } = (isNew ? this.findInOverlay(fault.path) : undefined) ?? this.find(fault.path);
    if (this.parsed.unreadable.some((path) => path.every((key, index) => written[index] === key))) return undefined;
    const { positions, file } = this.parsed;
    return issueAt(file, fault.at === "key" ? positions.ofKey(found) : positions.ofValue(found), written, fault);
  }
}

/** An environment's overlay, where it is one. */
export function overlayOf(environments: Json | undefined, environment: string): Fields | undefined {
  if (!isObject(environments) || !Object.hasOwn(environments, environment)) return undefined;
  const overlay = environments[environment];
  return isObject(overlay) ? overlay : undefined;
}

const isCollection = ({ value }: Found): boolean => value !== null && "items" in value;
