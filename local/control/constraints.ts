import { ControlPlaneError, validationException } from "./errors";

/** The part of AWS's service-model vocabulary that constraints need. Bounds are inclusive. */
export type Shape =
  | { readonly type: "string"; readonly min?: number; readonly max?: number; readonly pattern?: RegExp; readonly enum?: readonly string[] }
  | { readonly type: "integer" | "float"; readonly min?: number; readonly max?: number }
  | { readonly type: "boolean" }
  | { readonly type: "timestamp" }
  | { readonly type: "list"; readonly member: Shape; readonly min?: number; readonly max?: number }
  | { readonly type: "map"; readonly key: Shape; readonly value: Shape; readonly max?: number }
  | { readonly type: "structure"; readonly required?: readonly string[]; readonly members: { readonly [name: string]: Shape } }
  /** Kept as it came: a part of the API that has no local effect. */
  | { readonly type: "document" };

/**
 * Holds an input against its shape and throws what SageMaker throws: one
 * `ValidationException` that lists every violation, or a
 * `SerializationException` where a value has the wrong JSON type. Members that
 * the shape does not know are ignored, as the service ignores them.
 */
export function assertShape(shape: Shape, input: unknown): void {
  const violations: string[] = [];
  walk(shape, input, [], violations);
  if (violations.length === 0) return;
  const count = `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected`;
  throw validationException(`${count}: ${violations.join("; ")}`);
}

function walk(shape: Shape, value: unknown, path: readonly string[], violations: string[]): void {
  const violate = (rule: string, shown = quote(value)) =>
    violations.push(`Value ${shown} at '${path.join(".")}' failed to satisfy constraint: ${rule}`);

  switch (shape.type) {
    case "document":
      return;
    case "boolean":
      if (typeof value !== "boolean") throw mistyped(value, "a boolean", path);
      return;
    case "timestamp":
      if (typeof value !== "number") throw mistyped(value, "a timestamp", path);
      return;
    case "string": {
      if (typeof value !== "string") throw mistyped(value, "a string", path);
      if (shape.max !== undefined && value.length > shape.max) violate(`Member must have length less than or equal to ${shape.max}`);
      if (shape.min !== undefined && value.length < shape.min) violate(`Member must have length greater than or equal to ${shape.min}`);
      if (shape.pattern && !whole(shape.pattern).test(value)) violate(`Member must satisfy regular expression pattern: ${shape.pattern.source}`);
      if (shape.enum && !shape.enum.includes(value)) violate(`Member must satisfy enum value set: [${shape.enum.join(", ")}]`);
      return;
    }
    case "integer":
    case "float": {
      if (typeof value !== "number" || (shape.type === "integer" && !Number.isInteger(value))) throw mistyped(value, `a number (${shape.type})`, path);
      if (shape.max !== undefined && value > shape.max) violate(`Member must have value less than or equal to ${shape.max}`);
      if (shape.min !== undefined && value < shape.min) violate(`Member must have value greater than or equal to ${shape.min}`);
      return;
    }
    case "list": {
      if (!Array.isArray(value)) throw mistyped(value, "a list", path);
      if (shape.max !== undefined && value.length > shape.max) violate(`Member must have length less than or equal to ${shape.max}`);
      if (shape.min !== undefined && value.length < shape.min) violate(`Member must have length greater than or equal to ${shape.min}`);
      value.forEach((item, index) => walk(shape.member, item, [...path, String(index + 1), "member"], violations));
      return;
    }
    case "map": {
      if (!isRecord(value)) throw mistyped(value, "a map", path);
      const entries = Object.entries(value);
      if (shape.max !== undefined && entries.length > shape.max) violate(`Member must have length less than or equal to ${shape.max}`);
      for (const [key, item] of entries) {
        walk(shape.key, key, [...path, key], violations);
        walk(shape.value, item, [...path, key, "member"], violations);
      }
      return;
    }
    case "structure": {
      if (!isRecord(value)) throw mistyped(value, "a structure", path);
      for (const name of shape.required ?? []) {
        if (value[name] === undefined || value[name] === null) {
          violations.push(`Value null at '${[...path, lowerFirst(name)].join(".")}' failed to satisfy constraint: Member must not be null`);
        }
      }
      for (const [name, member] of Object.entries(shape.members)) {
        const item = value[name];
        if (item !== undefined && item !== null) walk(member, item, [...path, lowerFirst(name)], violations);
      }
    }
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const whole = (pattern: RegExp): RegExp => new RegExp(`^(?:${pattern.source})$`, pattern.flags);
const quote = (value: unknown): string => `'${typeof value === "string" ? value : JSON.stringify(value)}'`;

function mistyped(value: unknown, wanted: string, path: readonly string[]): ControlPlaneError {
  const got = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "a structure" : `a ${typeof value}`;
  return new ControlPlaneError("SerializationException", `${path.length === 0 ? "The request" : `'${path.join(".")}'`} must be ${wanted}, and is ${got}`);
}
