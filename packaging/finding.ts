import type { ErrorCode } from "../contract/errors";

/** One thing that stands against packing, or against an artifact. Findings are collected and reported all together. */
export interface Finding {
  readonly code: ErrorCode;
  /** The file or role that it is about, as a person named it. */
  readonly subject: string;
  /** What is wrong, with what was found. */
  readonly message: string;
  /** What to do about this very case; the error table's hint where absent. */
  readonly hint?: string;
}

/** Nothing was packed, or the artifact is not sound, for these reasons. */
export class PackagingProblem extends Error {
  constructor(readonly findings: readonly Finding[]) {
    super(findings.map(({ subject, message }) => `${subject}: ${message}`).join("; "));
  }
}

/** @throws PackagingProblem where there is any. */
export function refuseIfAny(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new PackagingProblem(findings);
}
