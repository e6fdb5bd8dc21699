import type { Colors } from "picocolors/types";
import type { SlipwayError } from "../../client";
import { failureBlock } from "../render/failure";
import { locatePointer, type RequestFile } from "./request";

/** A failed call for a person: where in the request, what is wrong, what to do, and what support will ask for. */
export function callFailureAsText(error: SlipwayError, request: RequestFile | undefined, colors: Colors): string {
  const details = detailsOf(error);
  const lines = [error.message, colors.green(error.hint), ...(details.length === 0 ? [] : [colors.dim(details.join(" · "))])];
  return failureBlock(whereInRequest(error, request), error.code, lines, colors);
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
