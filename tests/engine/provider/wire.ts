import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "./catalogue";

/** What stands on the wire for a value that a preview cannot know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key that marks wrapped values; its value says what is wrapped. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The plain properties in a message: outputs and secrets unwrapped, unknown ones as `UNKNOWN`. */
export function propertiesOf(struct: Struct | undefined): Properties {
  return unwrap(struct?.toJavaScript() ?? {}) as Properties;
}

export function structOf(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as { [key: string]: JavaScriptValue });
}

/** A resource as the value of a property. */
export const resourceReference = (urn: string, id: string): Properties => ({ [SIGNATURE]: RESOURCE, urn, id, packageVersion: "" });

/** Whether anything in a value is unknown. */
export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

function unwrap(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unwrap);
  const object = value as { readonly [key: string]: unknown };
  if (SIGNATURE in object) {
    const isUnknownOutput = object[SIGNATURE] === OUTPUT_VALUE && !("value" in object);
    return isUnknownOutput ? UNKNOWN : unwrap(object.value);
  }
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, unwrap(member)]));
}
