import { Command, CommanderError } from "commander";
import type { Verb } from "./verb";

/**
 * Every verb: its name, its line in `slipway --help`, and where it lives. A
 * verb's module is loaded when the verb is called, so `validate` never pays for
 * the AWS SDK.
 */
const verbs: readonly Verb[] = [
  { name: "invoke", summary: "send one request to a model and print its answer", load: () => (require("./commands/invoke") as typeof import("./commands/invoke")).invokeCommand() },
  { name: "types", summary: "write TypeScript types for calling the models", load: () => (require("./commands/types") as typeof import("./commands/types")).typesCommand() },
];

/** Exit code of a command line that was not understood. */
export const EXIT_USAGE = 2;

/** Runs one command line and answers its exit code; never throws for what a person typed. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("slipway")
    .description("A model descriptor in YAML, reviewed in a pull request, becomes a served, watched, affordable model on AWS.")
    .exitOverride();
  for (const verb of verbs) {
    program.addCommand(argv[2] === verb.name ? verb.load().copyInheritedSettings(program) : new Command(verb.name).description(verb.summary));
  }
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }
}
