import type { Json } from "../../../../contract/json";
import { npyMatrix } from "../npy";
import { jsonAnswer, type Wire } from "../wire";
import { embedRoutes } from "./routes";

/** NumPy's array file: float32, a row for each request. */
export const NPY_TYPE = "application/x-npy";
/** The JSON of the contract with each embedding as the base64 of its little-endian float32: a quarter of the bytes. */
export const BASE64_TYPE = "application/vnd.slipway.base64+json";

/** A text where the request does not say, as in the contract. */
export const kindOfEmbedding = (value: Json): "image" | "text" => ((value as { readonly type?: Json }).type === "image" ? "image" : "text");

export const embedWire: Omit<Wire, "file"> = {
  answers: { [NPY_TYPE]: (rows) => npyMatrix(rows as readonly Uint8Array[]), [BASE64_TYPE]: jsonAnswer },
  kinds: { image: 8, text: 32 },
  kindOf: kindOfEmbedding,
  routes: embedRoutes,
};
