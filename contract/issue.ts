/**
 * One problem in what a person wrote. Issues are collected and reported all
 * together; nothing in the planning room throws for bad input.
 */
export interface Issue {
  /** A row of the error table (`contract/errors.ts`). */
  readonly code: string;
  /** An error stops the plan; a warning does not. */
  readonly severity: "error" | "warning";
  /** Path of the file as the reader named it, relative to the repository, with `/`. */
  readonly file: string;
  /** 1-based line of the offending key or value. */
  readonly line: number;
  /** 1-based column, counted in UTF-16 code units as editors do. */
  readonly column: number;
  /** Where in the document, dotted: `serving.serverless.memory`. Empty for the whole file. */
  readonly path: string;
  /** What is wrong, quoting what was written. One sentence, no full stop. */
  readonly message: string;
  /** What to write instead: `write: memory: 3072 MiB`, `did you mean "serving"?`. */
  readonly hint?: string;
  /** Where the rule comes from, for limits that are not ours. */
  readonly source?: string;
}

/** Issues in reading order: by file, then line, then column, then code. */
export function sortIssues(issues: readonly Issue[]): Issue[] {
  return [...issues].sort(
    (a, b) =>
      compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code) || compare(a.path, b.path),
  );
}

export const hasErrors = (issues: readonly Issue[]): boolean => issues.some((issue) => issue.severity === "error");

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * An issue as plain text, for a log or an error message:
 *
 *     registry/models/velib-lstm.yaml:14:17  error  serverless-memory
 *         memory is 2500 MiB; …
 *         write: memory: 3072 MiB
 */
export function issueText({ file, line, column, severity, code, message, hint, source }: Issue): string {
  const details = [message, hint, source].filter((detail) => detail !== undefined);
  return [`${file}:${line}:${column}  ${severity}  ${code}`, ...details.map((detail) => `    ${detail}`)].join("\n");
}
