import type { Colors } from "picocolors/types";
import { errorRow } from "../../contract/errors";
import type { Finding } from "../../packaging/finding";
import { wrap } from "./columns";
import { failureBlock } from "./failure";

const WIDTH = 96;

/** What stands against packing, or against an artifact, one block each. */
export function findingsAsText(findings: readonly Finding[], colors: Colors): string {
  return findings
    .map(({ subject, code, message, hint = errorRow(code).hint }) => failureBlock(subject, code, [...wrap(message, WIDTH), ...wrap(hint, WIDTH).map((line) => colors.green(line))], colors))
    .join("");
}
