import type { Issue } from "../contract/issue";
import type { Fault } from "./layers";
import { dotted, type Path, type Positions } from "./positions";
import type { Position } from "./types";

/** Characters that would move the cursor, turn the text around or break a line where an issue is printed. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Longer messages help nobody; whatever was quoted in them is cut. */
const MAX_LENGTH = 600;

/** What a person wrote comes back in messages; a terminal must not obey it. */
export function printable(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** An issue in the field order that every report prints. */
export function issueAt(file: string, position: Position, path: Path, { code, severity = "error", message, hint, source }: Omit<Fault, "path" | "at">): Issue {
  return {
    code,
    severity,
    file,
    line: position.line,
    column: position.column,
    path: printable(dotted(path)),
    message: printable(message),
    ...(hint === undefined ? {} : { hint: printable(hint) }),
    ...(source === undefined ? {} : { source }),
  };
}

/** The issue of a fault whose path is the file's own. */
export function issueIn(file: string, positions: Positions, fault: Fault): Issue {
  const found = positions.find(fault.path);
  return issueAt(file, fault.at === "key" ? positions.ofKey(found) : positions.ofValue(found), fault.path, fault);
}
