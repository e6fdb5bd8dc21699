import type { RuntimeName } from "../../../contract/runtimes";
import { embedWire } from "./clip-embed/wire";
import { searchWire } from "./image-search/wire";
import type { FileWire, Wire } from "./wire";

/** `application/x-image` is what older SageMaker clients send. */
const image = (field: string, fixed: FileWire["fixed"] = {}): FileWire => ({ field, fixed, types: ["image/*", "application/x-image"], parts: [field, "image", "file"] });

/** The wire of every runtime: a name without one does not compile. */
export const wires: { readonly [name in RuntimeName]: Wire } = {
  "clip-embed": { ...embedWire, file: image("data", { type: "image" }) },
  "clip-recommend": { file: image("image"), kinds: { image: 8 } },
  forecast: { kinds: { station: 64 } },
  "image-search": { ...searchWire, file: image("image") },
};
