import type { RuntimeName } from "../../../contract/runtimes";
import { embedRoutes } from "./clip-embed/routes";
import { NPY_TYPE, type FileWire, type Wire } from "./wire";

/** `application/x-image` is what older SageMaker clients send. */
const image = (field: string, fixed: FileWire["fixed"] = {}): FileWire => ({ field, fixed, types: ["image/*", "application/x-image"], parts: [field, "image", "file"] });

/** The wire of every runtime: a name without one does not compile. */
export const wires: { readonly [name in RuntimeName]: Wire } = {
  "clip-embed": { file: image("data", { type: "image" }), answers: [NPY_TYPE], routes: embedRoutes },
  "clip-recommend": { file: image("image") },
  forecast: {},
  // The prefix that the seed registered, and the bare path that its documents show.
  "image-search": { file: image("image"), routes: [{ path: "/api/analyze/skin" }, { path: "/api/enhanced/analyze/skin" }] },
};
