import type { Colors } from "picocolors/types";
import { errorRow, type ErrorCode } from "../../contract/errors";

/** Why a command cannot do its work, for a reason of the command line's own. */
export class CommandFailure extends Error {
  constructor(
    readonly code: ErrorCode,
    /** The file or argument it is about. */
    readonly subject: string,
    message: string,
  ) {
    super(message);
  }
}

/** What went wrong, where, and what to do: three lines for a person. */
export function failureAsText({ code, subject, message }: CommandFailure, colors: Colors): string {
  return failureBlock(subject, code, [message, colors.green(errorRow(code).hint)], colors);
}

/** A head in the form of an issue's, and lines below it. */
export function failureBlock(where: string, code: ErrorCode, lines: readonly string[], colors: Colors): string {
  const head = [...(where === "" ? [] : [colors.bold(where)]), colors.red("error"), code].join("  ");
  return `${head}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}
