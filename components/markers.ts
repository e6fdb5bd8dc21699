import * as pulumi from "@pulumi/pulumi";
import { getRandomPasswordOutput } from "@pulumi/aws/secretsmanager/getRandomPassword";
import type { Archive, Fact, Generated, Join, JsonDocument, Marker, Ref } from "../contract/resources";
import { stableStringify } from "../contract/serve-spec";
import type { Json } from "../contract/json";
import { zipped } from "./archive";

/** What stands behind the references of a plan while it is being built. */
export interface Lookup {
  /** An output of another resource of the plan. */
  output(ref: Ref): pulumi.Output<unknown>;
  /** What only the deployment knows. */
  fact(name: Fact["$fact"]): pulumi.Output<string>;
}

/**
 * The value behind planned data: every marker replaced, at any depth. What
 * holds no marker comes back as the plain value it is, so that a preview shows
 * it and nothing waits; the rest are outputs, secret where what they hold is.
 *
 * A property whose value is undefined is left out, as JSON would.
 */
export function evaluate(planned: unknown, lookup: Lookup): unknown {
  if (typeof planned !== "object" || planned === null) return planned;
  if (Array.isArray(planned)) return planned.map((item) => evaluate(item, lookup));
  if (isRef(planned)) return lookup.output(planned);
  if (isFact(planned)) return lookup.fact(planned.$fact);
  if (isJoin(planned)) return joined(planned.$join.map((part) => evaluate(part, lookup)));
  if (isJsonDocument(planned)) return serialised(evaluate(planned.$json, lookup));
  if (isArchive(planned)) return zippedFiles(evaluate(planned.$archive, lookup));
  if (isGenerated(planned)) return generated(planned.$generated.length);
  return Object.fromEntries(
    Object.entries(planned)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, evaluate(value, lookup)]),
  );
}

/** The names that planned data refers to, at any depth, in reading order. */
export function references(planned: unknown): string[] {
  if (typeof planned !== "object" || planned === null) return [];
  if (isRef(planned)) return [planned.$ref];
  return Object.values(planned).flatMap(references);
}

function joined(parts: unknown[]): string | pulumi.Output<string> {
  if (!parts.some(holdsOutput)) return parts.join("");
  return pulumi.all(parts as pulumi.Input<string>[]).apply((known) => known.join(""));
}

/** Keys sorted: a document that says the same must be the same text, or every run would show a change. */
function serialised(document: unknown): string | pulumi.Output<string> {
  if (!holdsOutput(document)) return stableStringify(document as Json);
  return pulumi.output(document as pulumi.Inputs).apply((known) => stableStringify(known as Json));
}

function zippedFiles(files: unknown): string | pulumi.Output<string> {
  if (!holdsOutput(files)) return zipped(files as { readonly [path: string]: string });
  return pulumi.output(files as pulumi.Inputs).apply((known) => zipped(known as { readonly [path: string]: string }));
}

/** AWS's own generator; a secret from the start, so that Pulumi encrypts it wherever it is kept. */
function generated(length: number): pulumi.Output<string> {
  return pulumi.secret(getRandomPasswordOutput({ passwordLength: length, excludePunctuation: true }).randomPassword);
}

function holdsOutput(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return pulumi.Output.isInstance(value) || Object.values(value).some(holdsOutput);
}

const isMarker =
  <Kind extends Marker>(key: keyof Kind & string) =>
  (value: object): value is Kind =>
    key in value;

const isRef = isMarker<Ref>("$ref");
const isJoin = isMarker<Join>("$join");
const isJsonDocument = isMarker<JsonDocument>("$json");
const isFact = isMarker<Fact>("$fact");
const isArchive = isMarker<Archive>("$archive");
const isGenerated = isMarker<Generated>("$generated");
