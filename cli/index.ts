import { Command, CommanderError } from "commander";
import type { Verb } from "./verb";

/**
 * Every verb: its name, its line in `slipway --help`, and where it lives. A
 * verb's module is loaded when the verb is called, so `validate` never pays for
 * the AWS SDK.
 */
const verbs: readonly Verb[] = [
  { name: "batch", summary: "run a model over a file of requests", load: () => (require("./commands/batch") as typeof import("./commands/batch")).batchCommand() },
  { name: "cost", summary: "show what a stack costs a month, and what else it could cost", load: () => (require("./commands/cost") as typeof import("./commands/cost")).costCommand() },
  { name: "fit", summary: "measure what an artifact needs, and recommend where to serve it", load: () => (require("./commands/fit") as typeof import("./commands/fit")).fitCommand() },
  { name: "invoke", summary: "send one request to a model and print its answer", load: () => (require("./commands/invoke") as typeof import("./commands/invoke")).invokeCommand() },
  { name: "package", summary: "pack a model's files into an artifact, and verify it", load: () => (require("./commands/package") as typeof import("./commands/package")).packageCommand() },
  { name: "plan", summary: "show what a stack will create, and what it costs", load: () => (require("./commands/plan") as typeof import("./commands/plan")).planCommand() },
  { name: "types", summary: "write TypeScript types for calling the models", load: () => (require("./commands/types") as typeof import("./commands/types")).typesCommand() },
  { name: "validate", summary: "check descriptors and their contracts", load: () => (require("./commands/validate") as typeof import("./commands/validate")).validateCommand() },
];

/** The command line was not understood, or names a file that is not there. */
export const EXIT_USAGE = 2;
/** A mistake of ours, as in sysexits.h. */
const EXIT_BUG = 70;

const HELP = `
Everything but batch and invoke works without a login, an AWS account or the Pulumi CLI.

Exit codes:
  0   done, and nothing is wrong
  1   done, and something is: each verb says what
  2   the command line was not understood, or names a file that is not there
  70  a bug in Slipway

Environment:
  NO_COLOR  set to anything: no colours, on a terminal either

Examples:
  $ npx slipway validate
  $ npx slipway plan --stack dev
  $ npx slipway help plan
`;

/** Runs one command line and answers its exit code; never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("slipway")
    .description("A model descriptor in YAML, reviewed in a pull request, becomes a served, watched, affordable model on AWS.")
    .addHelpText("after", HELP)
    .showSuggestionAfterError()
    .exitOverride();
  const called = argv[2] === "help" ? argv[3] : argv[2];
  for (const verb of verbs) {
    program.addCommand(called === verb.name ? verb.load().copyInheritedSettings(program) : new Command(verb.name).summary(verb.summary));
  }
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (isFileError(error)) {
      process.stderr.write(`error: ${error.message}\n`);
      return EXIT_USAGE;
    }
    process.stderr.write(`This is a bug in Slipway; please report it.\n${error instanceof Error ? error.stack : String(error)}\n`);
    return EXIT_BUG;
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && typeof (error as NodeJS.ErrnoException).code === "string";
