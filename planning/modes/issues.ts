import type { Issue } from "../../contract/issue";
import type { ModeName } from "../../contract/runtimes";
import type { ResolvedModel } from "../types";
import type { ModeIssue } from "./mode";

/** An issue of a mode, or of the fallback, placed in the descriptor it was found in. */
export function placeIssue(model: ResolvedModel, mode: ModeName | "fallback", issue: ModeIssue): Issue {
  const { code, severity = "error", message, hint, source } = issue;
  const path = documentPath(mode, issue.path);
  return {
    code,
    severity,
    file: model.file,
    ...model.locate(path),
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(source === undefined ? {} : { source }),
  };
}

function documentPath(mode: ModeName | "fallback", path: string): string {
  if (path.startsWith("/")) return path.slice(1);
  const place = mode === "fallback" ? "fallback.beanstalk" : `serving.${mode}`;
  return path === "" ? place : `${place}.${path}`;
}
