import type { Json } from "../../../contract/json";

/** The JSON text of an answer: of one request, or of several as `{ "predictions": [ … ] }`. */
export function answerText(responses: readonly Json[], batch: boolean): string {
  return JSON.stringify(batch ? { predictions: responses } : responses[0]);
}
