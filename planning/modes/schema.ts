import type { JsonSchema } from "../../contract/json";

/** A length of time as people write it: `90s`, `15m`, `200ms`. Bounds are in `unit`. */
export function duration(
  field: string,
  text: { readonly description: string; readonly minimum: number; readonly maximum: number; readonly source?: string; readonly unit?: "seconds" | "milliseconds" },
): JsonSchema {
  const { description, minimum, maximum, source, unit = "seconds" } = text;
  return {
    type: "string",
    description,
    "x-quantity": { kind: "duration", unit, minimum, maximum },
    "x-field": field,
    ...(source === undefined ? {} : { "x-source": source }),
  };
}

/** A percentage as people write it: `70%`. */
export function percent(field: string, text: { readonly description: string; readonly minimum: number; readonly maximum: number }): JsonSchema {
  const { description, minimum, maximum } = text;
  return { type: "string", description, "x-quantity": { kind: "percent", unit: "percent", minimum, maximum }, "x-field": field };
}

/** An object of exactly these properties. */
export function object(description: string, properties: { readonly [name: string]: JsonSchema }, required: readonly string[] = []): JsonSchema {
  return { type: "object", description, additionalProperties: false, ...(required.length === 0 ? {} : { required }), properties };
}

const HOSTING_TYPES = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html";
const AUTOSCALING = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html";

/** A SageMaker hosting instance type. Which ones exist is a table (`planning/instances.ts`), checked by the mode. */
export const hostingInstance: JsonSchema = {
  type: "string",
  pattern: "^ml\\.[a-z0-9-]+\\.[a-z0-9]+$",
  description: "Instance type that hosts the model.",
  examples: ["ml.c5.large", "ml.m5.large", "ml.m5.xlarge", "ml.g4dn.xlarge"],
  "x-field": "instanceType",
  "x-source": HOSTING_TYPES,
};

/** How long to wait between one scaling step and the next. */
export const cooldown: JsonSchema = object("How long to wait after a scaling step before the next.", {
  out: duration("outSeconds", { description: "After instances were added.", minimum: 0, maximum: 86_400, source: AUTOSCALING }),
  in: duration("inSeconds", { description: "After instances were taken away.", minimum: 0, maximum: 86_400, source: AUTOSCALING }),
});

/** How long a container may take until it answers `/ping`. */
export const startupTimeout: JsonSchema = duration("startupTimeoutSeconds", {
  description: "How long a container may take to answer its health check after the start.",
  minimum: 60,
  maximum: 3600,
  source: HOSTING_TYPES,
});
