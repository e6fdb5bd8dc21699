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
    return { requests: [{ value, path: "", accept }], batch: false };
  }
  if (instances.length === 0 || instances.length > MAX_INSTANCES) {
    throw new RequestError("validation-failed", `/instances must hold 1 to ${MAX_INSTANCES} requests, not ${instances.length}`, "/instances");
  }
  const requests = instances.map((instance, place) => {
    const path = `/instances/${place}`;
    validate(instance, bodyBytes, path);
    return { value: instance, path, accept };
  });
  return { requests, batch: true };
}

/** The work of a file that came as it is, and of the fields that came with it as text. */
export function workOfFile(file: Uint8Array, fields: { readonly [field: string]: string }, wire: FileWire, validate: Validate, accept: string): Work {
  const typed = Object.entries(fields).map(([field, text]) => [field, validate.fromText(field, text)] as const);
  const value = Object.fromEntries([...Object.entries(wire.fixed), ...typed, [wire.field, STAND_IN]]) as Json;
  validate(value, 0);
  return { requests: [{ value, file, path: "", accept }], batch: false };
}

function instancesOf(value: Json): readonly Json[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const [name, instances] = entries[0] ?? [];
  return entries.length === 1 && name === "instances" && Array.isArray(instances) ? instances : undefined;
}

/** A buffer below this may be a piece of Node's pool, which cannot change hands. Bytes. */
const SMALL = 64 * 1024;

/**
 * A batch for the worker. The memory of a file changes hands, where it is the only one; files of several
 * are copied, because each is asked again alone where the model fails on the batch.
 */
export function handedOver(requests: readonly ModelRequest[]): { readonly requests: readonly ModelRequest[]; readonly transfer: ArrayBuffer[] } {
  const [only] = requests;
  if (requests.length !== 1 || only?.file === undefined) return { requests: requests.map(ownBytes), transfer: [] };
  const file = only.file.byteLength < SMALL ? Uint8Array.from(only.file) : only.file;
  return { requests: [{ ...only, file }], transfer: [file.buffer as ArrayBuffer] };
}

/** What is copied is the whole memory behind a view: of Node's pool, that would be others' bytes too. */
const ownBytes = (request: ModelRequest): ModelRequest => (request.file === undefined ? request : { ...request, file: Uint8Array.from(request.file) });

/** What of a request goes to the model as a copy. */
export const bytesOf = ({ file }: ModelRequest): number => file?.byteLength ?? 0;
