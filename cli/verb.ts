import type { Command } from "commander";

/** A row of the table in `cli/index.ts`. */
export interface Verb {
  readonly name: string;
  /** One line of `slipway --help`. */
  readonly summary: string;
  /** Loads `commands/<name>.ts` and builds its command. The action sets `process.exitCode`. */
  readonly load: () => Command;
}
