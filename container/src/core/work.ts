import type { Json } from "../../../contract/json";
import type { ModelRequest } from "../runtimes/runtime";
import type { FileWire } from "../runtimes/wire";
import { RequestError } from "../failure";
import type { Validate } from "./validation";

/** What one HTTP request asks of the model. */
export interface Work {
  readonly requests: readonly ModelRequest[];
  /** They came as `instances` and are answered as `predictions`. */
  readonly batch: boolean;
  /** Media type of the answer. */
  readonly accept: string;
}

/** Bounds the time and memory of one call; more is for a batch transform. */
export const MAX_INSTANCES = 256;

/** A text where the file's base64 would be, so that the rest can be held against the contract. */
const STAND_IN = "file";

/**
 * The work of a JSON body: one request of the contract, or `{ "instances": [ … ] }` with several,
 * as TensorFlow Serving and its kin have it. A contract with a field of that name keeps it.
 *
 * @throws RequestError `validation-failed`, with the pointer from the root of the body.
 */
export function workOf(value: Json, bodyBytes: number, validate: Validate, accept: string): Work {
  const instances = instancesOf(value);
  if (instances === undefined || validate.knows("instances")) {
    validate(value, bodyBytes);
    return { requests: [{ value, path: "" }], batch: false, accept };
  }
  if (instances.length === 0 || instances.length > MAX_INSTANCES) {
    throw new RequestError("validation-failed", `/instances must hold 1 to ${MAX_INSTANCES} requests, not ${instances.length}`, "/instances");
  }
  const requests = instances.map((instance, place) => {
    const path = `/instances/${place}`;
    validate(instance, bodyBytes, path);
    return { value: instance, path };
  });
  return { requests, batch: true, accept };
}

/** The work of a file that came as it is, and of the fields that came with it as text. */
export function workOfFile(file: Uint8Array, fields: { readonly [field: string]: string }, wire: FileWire, validate: Validate, accept: string): Work {
  const typed = Object.entries(fields).map(([field, text]) => [field, validate.fromText(field, text)] as const);
  const value = Object.fromEntries([...Object.entries(wire.fixed), ...typed, [wire.field, STAND_IN]]) as Json;
  validate(value, 0);
  return { requests: [{ value, file, path: "" }], batch: false, accept };
}

function instancesOf(value: Json): readonly Json[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const [name, instances] = entries[0] ?? [];
  return entries.length === 1 && name === "instances" && Array.isArray(instances) ? instances : undefined;
}

/** A buffer below this may be a piece of Node's pool, which cannot change hands. Bytes. */
const SMALL = 64 * 1024;

/** The memory of the files, to be handed over to the worker rather than copied; small ones are copied into their own first. */
export function handedOver(work: Work): { readonly work: Work; readonly transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const requests = work.requests.map((request) => {
    if (request.file === undefined) return request;
    const file = request.file.byteLength < SMALL ? Uint8Array.from(request.file) : request.file;
    transfer.add(file.buffer as ArrayBuffer);
    return { ...request, file };
  });
  return { work: { ...work, requests }, transfer: [...transfer] };
}
