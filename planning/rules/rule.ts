import type { Json } from "../../contract/json";
import type { Fault } from "../layers";
import { isObject } from "../merge-patch";
import type { ResolvedModel } from "../types";

export type Fields = { readonly [key: string]: Json };
/** A fault without its code, which is its rule's. */
export type Finding = Omit<Fault, "code">;

/**
 * A rule over several fields as written. It looks at whatever is there, faults
 * and all, so it takes nothing for granted and stays silent where a field is not
 * what the schema asks for: that is reported already.
 */
export interface Rule {
  readonly code: string;
  readonly check: (document: Fields) => readonly Finding[];
}

/** A rule over a model as one environment resolves it: defaults filled in, quantities in canonical numbers. */
export interface ModelRule {
  readonly code: string;
  readonly check: (model: ResolvedModel) => readonly Finding[];
}

export const applyRules = <Subject>(rules: readonly { readonly code: string; readonly check: (subject: Subject) => readonly Finding[] }[], subject: Subject): Fault[] =>
  rules.flatMap(({ code, check }) => check(subject).map((finding) => ({ code, ...finding })));

/** The fields of a map; none where something else was written. */
export const fieldsIn = (value: Json | undefined): Fields => (isObject(value) ? value : {});

export const textIn = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
