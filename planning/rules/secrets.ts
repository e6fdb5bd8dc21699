import type { Json } from "../../contract/json";
import type { Path } from "../positions";
import type { Finding, Rule } from "./rule";

const SOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";

/** Texts that are credentials by their very form; what has innocent look-alikes warns. */
const forms: readonly (readonly [pattern: RegExp, what: string, severity?: "warning"])[] = [
  // Prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  [/\b(AKIA|ASIA)[A-Z2-7]{16}\b/, "an AWS access key id"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, "a GitHub token"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\b(password|passwd|secret|token|api[_-]?key)\s*[=:]\s*\S{8,}/i, "a password or token", "warning"],
  [/\bhttps?:\/\/[^/\s:@]+:[^/\s:@]+@/, "an address with a password in it"],
];

/** Where a value, at any depth, holds a credential. The credential itself is not repeated. */
export function secretsIn(value: Json, path: Path = []): Finding[] {
  if (typeof value === "string") {
    const form = forms.find(([pattern]) => pattern.test(value));
    if (form === undefined) return [];
    const message = `this looks like ${form[1]}: the registry, the plan and the environment of the container are all readable`;
    const hint = "keep it in Secrets Manager; if it is real, replace it: Git keeps it for ever";
    return [{ ...(form[2] === undefined ? {} : { severity: form[2] }), path, message, hint, source: SOURCE }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]));
}

export const secretRules: readonly Rule[] = [{ code: "secret-written", check: (document) => secretsIn(document) }];
