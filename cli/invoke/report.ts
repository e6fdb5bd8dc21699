import type { Colors } from "picocolors/types";
import type { SlipwayError } from "../../client";
import { errorRow } from "../../contract/errors";
import { CallError } from "./call-error";
import { locatePointer, type RequestFile } from "./request";

/** What went wrong, where, and what to do: three lines for a person. */
export function report(error: CallError | SlipwayError, request: RequestFile | undefined, colors: Colors): string {
  const where = error instanceof CallError ? error.subject : whereInRequest(error, request);
  const head = [where, colors.red("error"), colors.bold(error.code)].filter((part) => part !== "").join("  ");
  const details = error instanceof CallError ? [] : detailsOf(error);
  const lines = [error.message, errorRow(error.code).hint, ...(details.length === 0 ? [] : [colors.dim(details.join(" · "))])];
  return `${head}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}

function whereInRequest(error: SlipwayError, request: RequestFile | undefined): string {
  if (error.path === undefined || request === undefined) return "";
  const place = locatePointer(request.text, error.path);
  return place === undefined ? `${request.name} at ${error.path}` : `${request.name}:${place.line}:${place.column}`;
}

function detailsOf({ path, endpoint, variant, status, requestId }: SlipwayError): string[] {
  const facts: [label: string, value: string | number | null | undefined][] = [
    ["at", path],
    ["endpoint", endpoint],
    ["variant", variant],
    ["status", status],
    ["request", requestId],
  ];
  return facts.filter(([, value]) => value !== undefined && value !== null && value !== "").map(([label, value]) => `${label} ${value}`);
}
