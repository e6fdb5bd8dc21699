import type { JsonSchema } from "../contract/json";

/** The ARN of a key in KMS, as someone writes it. What a role may do is written with it; an alias there matches nothing. */
export const keyArn = (description: string): JsonSchema => ({
  type: "string",
  pattern: "^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-z0-9-]+$",
  "x-expects": "the ARN of a KMS key, not of its alias",
  "x-source": "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN",
  description,
  examples: ["arn:aws:kms:eu-west-3:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"],
});
