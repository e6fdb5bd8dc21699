import type { RuntimeName } from "../../../contract/runtimes";
import type { Runtime } from "./runtime";

/** The runtimes of this image, each loaded when it is asked for. A new one is a folder and a line here. */
export const runtimes: { readonly [name in RuntimeName]?: () => Promise<Runtime> } = {
  forecast: async () => (await import("./forecast/runtime.js")).forecast,
};
