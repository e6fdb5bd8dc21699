import type { RuntimeName } from "../../contract/runtimes";
import { clipEmbed } from "./clip-embed";
import { clipRecommend } from "./clip-recommend";
import { forecast } from "./forecast";
import { imageSearch } from "./image-search";
import type { Runtime } from "./runtime";

/** Every runtime: a name without an entry does not compile. */
export const runtimes: { readonly [Name in RuntimeName]: Runtime } = Object.freeze({
  "clip-embed": clipEmbed,
  "clip-recommend": clipRecommend,
  forecast,
  "image-search": imageSearch,
});

/** The runtime of this name; undefined where there is none, whatever was written. */
export const runtimeNamed = (name: unknown): Runtime | undefined =>
  typeof name === "string" && Object.hasOwn(runtimes, name) ? runtimes[name as RuntimeName] : undefined;
