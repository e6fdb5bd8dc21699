import { Command, CommanderError, InvalidArgumentError } from "commander";
import { LOCAL_PORT } from "../contract/local";

export interface StartOptions {
  /** Undefined: the usual one, or any free one where that is taken. */
  readonly port?: number;
  readonly stack: string;
  readonly once: boolean;
}

/** Reads the command line of `npm start`. Throws `CommanderError`, having printed help or what was wrong. */
export function readCommandLine(argv: readonly string[]): StartOptions {
  const program = new Command("npm start --")
    .description(
      "Brings a stack up on this machine: plans it, runs the real Pulumi program against a SageMaker\n" +
        "on loopback, and serves the models with the real container code. Needs no AWS account, no\n" +
        "credentials and no network, and never talks to AWS.",
    )
    .option("--port <n>", `port of control plane, runtime and page; 0 takes any free one (default: ${LOCAL_PORT}, or any free one where that is taken)`, port)
    .option("--stack <name>", "stack to bring up: Pulumi.<name>.yaml", "dev")
    .option("--once", "call every served model with its golden examples, print the answers and leave", false)
    .addHelpText("after", "\nExit codes: 0 all well; 1 a model failed or answered wrongly; 2 the command line or the registry is wrong.")
    .allowExcessArguments(false)
    .exitOverride();
  program.parse([...argv], { from: "user" });
  return program.opts<StartOptions>();
}

export { CommanderError };

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("it must be a whole number from 0 to 65535.");
  return value;
}
