import { modeNames, type ModeName } from "../../contract/runtimes";
import { asynchronous } from "./async/mode";
import { batch } from "./batch/mode";
import { beanstalk } from "./beanstalk/mode";
import type { ServingMode } from "./mode";
import { multiModel } from "./multiModel/mode";
import { realtime } from "./realtime/mode";
import { serverless } from "./serverless/mode";

/**
 * Every serving mode. A mode name without an entry does not compile; a mode
 * that has no folder yet says so with `undefined`, and a descriptor that
 * declares it is refused as an unknown key is.
 */
export const modes: { readonly [Name in ModeName]: ServingMode | undefined } = {
  async: asynchronous,
  batch,
  beanstalk,
  multiModel,
  realtime,
  serverless,
};

/** The modes that a descriptor may declare, by name. */
export const declaredModes: readonly ServingMode[] = modeNames.flatMap((name) => modes[name] ?? []);
