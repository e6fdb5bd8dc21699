import pc from "picocolors";
import type { Colors } from "picocolors/types";

/** Colours where a person looks: on a terminal, unless NO_COLOR (https://no-color.org) or a dumb terminal says otherwise. */
export function colorsFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): Colors {
  const { NO_COLOR, TERM } = environment;
  return pc.createColors(stream.isTTY === true && (NO_COLOR ?? "") === "" && TERM !== "dumb");
}
