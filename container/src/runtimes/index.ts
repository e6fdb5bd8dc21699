import type { RuntimeName } from "../../../contract/runtimes";
import type { Runtime } from "./runtime";

/** The runtimes of this image, each loaded when it is asked for. A new one is a folder and a line here and in `wires.ts`. */
export const runtimes: { readonly [name in RuntimeName]: () => Promise<Runtime> } = {
  "clip-embed": async () => (await import("./clip-embed/runtime.js")).clipEmbed,
  "clip-recommend": async () => (await import("./clip-recommend/runtime.js")).clipRecommend,
  forecast: async () => (await import("./forecast/runtime.js")).forecast,
  "image-search": async () => (await import("./image-search/runtime.js")).imageSearch,
};
