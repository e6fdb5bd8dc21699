/** Any value JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema (draft-07 vocabulary, as ajv reads it). */
export type JsonSchema = { readonly [keyword: string]: Json };
