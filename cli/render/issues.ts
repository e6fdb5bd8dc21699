import type { Colors } from "picocolors/types";
import type { Issue } from "../../contract/issue";
import { wrap } from "./columns";

/** What a validation found. */
export interface Findings {
  /** Descriptors and contracts that were read. */
  readonly fileCount: number;
  /** In reading order. */
  readonly issues: readonly Issue[];
}

/** Columns of a terminal; only a word that is longer by itself, a path or an address, goes beyond. */
const WIDTH = 100;
const INDENT = "    ";

/** For people: where, what, what to write instead, and where the rule comes from; a summary line at the end. */
export function issuesAsText(findings: Findings, colors: Colors): string {
  const blocks = findings.issues.map((issue) => `${issueBlock(issue, colors)}\n`);
  return `${[...blocks, summary(findings, colors)].join("")}\n`;
}

/** One issue for people, without a line end. */
export function issueBlock({ file, line, column, severity, code, message, hint, source }: Issue, colors: Colors): string {
  const mark = severity === "error" ? colors.red : colors.yellow;
  const head = `${colors.bold(`${file}:${line}:${column}`)}  ${mark(severity)}  ${code}`;
  return [head, ...indented(message), ...hintLines(hint, source, colors)].join("\n");
}

function hintLines(hint: string | undefined, source: string | undefined, colors: Colors): string[] {
  const fits = hint !== undefined && source !== undefined && INDENT.length + hint.length + 4 + source.length <= WIDTH;
  if (fits) return [`${INDENT}${colors.green(hint)}    ${colors.dim(source)}`];
  return [...(hint === undefined ? [] : indented(hint, colors.green)), ...(source === undefined ? [] : [INDENT + colors.dim(source)])];
}

const indented = (text: string, color: (line: string) => string = String): string[] => wrap(text, WIDTH - INDENT.length).map((line) => INDENT + color(line));

function summary({ fileCount, issues }: Findings, colors: Colors): string {
  const errors = issues.filter(({ severity }) => severity === "error").length;
  const warnings = issues.length - errors;
  const read = `${count(fileCount, "file")} read`;
  if (issues.length === 0) return `${colors.green("no issues")} · ${read}`;
  const parts = [...(errors > 0 ? [colors.red(count(errors, "error"))] : []), ...(warnings > 0 ? [colors.yellow(count(warnings, "warning"))] : [])];
  return `${parts.join(", ")} · ${read}`;
}

/** For programs. Fields are only ever added while `validateVersion` stays. */
export function issuesAsJson({ fileCount, issues }: Findings): string {
  const errors = issues.filter(({ severity }) => severity === "error").length;
  return `${JSON.stringify({ validateVersion: 1, fileCount, errorCount: errors, warningCount: issues.length - errors, issues }, null, 2)}\n`;
}

/** GitHub Actions' workflow commands: each issue becomes an annotation of the pull request's diff. */
export function issuesAsGitHub({ issues }: Findings): string {
  return issues
    .map(({ severity, file, line, column, code, message, hint, source }) => {
      const properties = { file, line, col: column, title: code };
      const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
      const text = [message, hint, source].filter((part) => part !== undefined).join("\n");
      return `::${severity} ${list.join(",")}::${escapeData(text)}\n`;
    })
    .join("");
}

// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
const escapeData = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
