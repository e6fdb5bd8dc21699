import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { runBatch } from "../../client/batch";
import { SlipwayError } from "../../client";
import { LOCAL_URL } from "../../contract/local";
import { callFailureAsText } from "../invoke/report";
import { colorsFor } from "../render/colors";
import { CommandFailure, failureAsText } from "../render/failure";

interface Options {
  readonly file?: string;
  readonly local?: string;
  readonly outputs?: string;
  readonly wait: boolean;
}

/** The run failed, or cannot be started: something must be mended. */
const EXIT_REFUSED = 1;
/** The file cannot be read. */
const EXIT_USAGE = 2;
/** AWS failed: the same command may succeed later. */
const EXIT_FAILED = 3;

/** `slipway batch <model> --file requests.jsonl --wait` */
export function batchCommand(): Command {
  return new Command("batch")
    .summary("run a model over a file of requests")
    .description(
      "Starts a transform job now, as the model's schedule would, and prints where its answers will be.\n" +
        "With --file the requests are put into the stack's data bucket first; without it the schedule's own input is answered.",
    )
    .argument("<model>", "name of the model, as in its descriptor")
    .option("-f, --file <path>", "requests in the model's input format, usually one JSON a line; - reads standard input")
    .option("--wait", "stay until the run is over, and print the answers of a file", false)
    .option("--local <url>", `a stack that npm start runs on this machine (without --outputs: ${LOCAL_URL})`)
    .option("--outputs <path>", "a stack on AWS: the file that pulumi stack output --json wrote")
    .addHelpText("after", HELP)
    .action(batch);
}

const HELP = `
Exit codes:
  0  started, or with --wait: complete
  1  refused, or with --wait: the run failed; the message says why
  2  the command line was not understood, or the file cannot be read
  3  AWS did not answer, and the same command may succeed later

Examples:
  $ npx slipway batch velib-lstm --file requests.jsonl --wait > answers.jsonl
  $ npx slipway batch velib-lstm --outputs outputs.json
`;

async function batch(model: string, { file, local, outputs, wait }: Options, command: Command): Promise<void> {
  if (local !== undefined && outputs !== undefined) command.error("error: give --local or --outputs, not both");
  const colors = colorsFor(process.stderr);
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  process.once("SIGINT", interrupted);
  try {
    const requests = file === undefined ? undefined : await readRequests(file);
    const from = outputs === undefined ? { local: local ?? LOCAL_URL } : { outputs };
    const onStatus = (status: string): void => void process.stderr.write(colors.dim(`${model}  ${status}\n`));
    const run = await runBatch({ from, model, wait, onStatus, signal: stop.signal, ...(requests === undefined ? {} : { requests }) });
    if (run.answers === undefined) process.stdout.write(`${run.jobName}\n${run.outputUri}\n`);
    else {
      process.stdout.write(run.answers);
      process.stderr.write(colors.dim(`${model}  ${run.jobName} · ${run.outputUri}\n`));
    }
  } catch (error) {
    if (error instanceof SlipwayError) {
      process.stderr.write(callFailureAsText(error, undefined, colors));
      process.exitCode = error.retryable ? EXIT_FAILED : EXIT_REFUSED;
    } else if (error instanceof CommandFailure) {
      process.stderr.write(failureAsText(error, colors));
      process.exitCode = EXIT_USAGE;
    } else throw error;
  } finally {
    process.off("SIGINT", interrupted);
  }
}

async function readRequests(path: string): Promise<Uint8Array> {
  const name = path === "-" ? "standard input" : path;
  let content: Buffer;
  try {
    content = path === "-" ? await buffer(process.stdin) : await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure("request-unreadable", name, code === "ENOENT" ? "there is no such file" : `cannot be read: ${code ?? String(error)}`);
  }
  if (content.byteLength === 0) throw new CommandFailure("request-unreadable", name, "is empty");
  return content;
}
