import type { JsonSchema } from "../contract/json";

/** The shape of a contract file; whether its schemas are schemas is checked by compiling them. */
export const contractSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["request", "response", "examples"],
  properties: {
    request: { type: "object", description: "JSON Schema (draft-07) of what the model takes." },
    response: { type: "object", description: "JSON Schema (draft-07) of what it answers." },
    examples: {
      type: "array",
      minItems: 1,
      description: "Golden examples: the request is sent as it is, the answer must hold what the response says.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "request", "response"],
        properties: {
          name: { type: "string", minLength: 1, maxLength: 64, description: "What the example shows." },
          request: { description: "A whole request." },
          response: { description: "The answer, without what changes from call to call." },
        },
      },
    },
  },
};
