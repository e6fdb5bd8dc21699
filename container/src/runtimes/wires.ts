import type { RuntimeName } from "../../../contract/runtimes";
import { NPY_TYPE, type FileWire, type Wire } from "./wire";

/** `application/x-image` is what older SageMaker clients send. */
const image = (field: string, fixed: FileWire["fixed"] = {}): FileWire => ({ field, fixed, types: ["image/*", "application/x-image"], parts: [field, "image", "file"] });

/** The wire of every runtime: a name without one does not compile. */
export const wires: { readonly [name in RuntimeName]: Wire } = {
  "clip-embed": { file: image("data", { type: "image" }), answers: [NPY_TYPE] },
  "clip-recommend": { file: image("image") },
  forecast: {},
  "image-search": { file: image("image") },
};
