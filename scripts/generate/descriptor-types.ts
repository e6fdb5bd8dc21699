import { compile } from "json-schema-to-typescript";
import type { Json, JsonSchema } from "../../contract/json";
import { runtimes } from "../../planning/runtimes";
import { asPatch, editorSchema } from "../../planning/schema";

const BANNER = `/**
 * A descriptor as written, before defaults and units. Generated from the schema
 * by \`npm run generate\`; do not edit.
 */`;

/** `contract/descriptor.gen.ts`: the types of a descriptor as its owner writes it. */
export async function descriptorTypesFile(): Promise<string> {
  const types = await compile(typeable(editorSchema()) as never, "Descriptor", {
    bannerComment: BANNER,
    additionalProperties: false,
    style: { printWidth: 120 },
    strictIndexSignatures: true,
  });
  return `${types.trimEnd()}\n`;
}

/**
 * TypeScript cannot choose the settings by the runtime's name as the schema's
 * conditions do: they become a union, and the schema stays the judge.
 */
function typeable(schema: JsonSchema): Json {
  const { allOf: _conditions, ...plain } = schema;
  const properties = plain.properties as { [name: string]: JsonSchema };
  const environments = properties.environments!;
  const overlay = environments.additionalProperties as JsonSchema;
  const settings = Object.values(runtimes).map(({ schema: settingsSchema }) => editorSchema(settingsSchema));
  const union = { description: "Settings of the runtime.", anyOf: settings };
  const patchUnion = { description: "Settings of the runtime.", anyOf: [...settings.map(asPatch), { type: "null" }] };
  return {
    ...plain,
    properties: {
      ...properties,
      settings: union,
      environments: { ...environments, additionalProperties: { ...overlay, properties: { ...(overlay.properties as object), settings: patchUnion } } },
    },
  };
}
