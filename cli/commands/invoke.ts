import { Command, InvalidArgumentError } from "commander";
import { connect, SlipwayError, type ModelClient } from "../../client";
import { LOCAL_URL } from "../../contract/local";
import { parseQuantity } from "../../planning/quantities";
import { callFailureAsText } from "../invoke/report";
import { readRequest, type RequestFile } from "../invoke/request";
import { colorsFor } from "../render/colors";
import { CommandFailure, failureAsText } from "../render/failure";

interface InvokeOptions {
  readonly file: string;
  readonly local?: string;
  readonly outputs?: string;
  readonly target?: string;
  readonly variant?: string;
  readonly timeout?: number;
  readonly retries?: number;
}

/** The model refused the call, or cannot be called: something must be mended. */
const EXIT_REFUSED = 1;
/** The request file cannot be read. */
const EXIT_USAGE = 2;
/** The model or AWS failed: the same call may succeed later. */
const EXIT_FAILED = 3;

/** `slipway invoke <model> --file request.json` */
export function invokeCommand(): Command {
  return new Command("invoke")
    .summary("send one request to a model and print its answer")
    .description(
      "Sends one request to a model and prints its answer as JSON on standard output.\n" +
        "Which variant answered, and how long it took, go to standard error.",
    )
    .argument("<model>", "name of the model, as in its descriptor")
    .requiredOption("-f, --file <path>", "the request as JSON; - reads standard input")
    .option("--local <url>", `a stack that npm start runs on this machine (without --outputs: ${LOCAL_URL})`)
    .option("--outputs <path>", "a stack on AWS: the file that pulumi stack output --json wrote")
    .option("--target <version>", "ask this version of a model whose versions share an endpoint")
    .option("--variant <name>", "call this variant, whatever its share of the traffic")
    .option("--timeout <duration>", "give up after this long, retries included: 500ms, 10s (default: 70s)", parseTimeout)
    .option("--retries <count>", "further attempts after a failure that may pass (default: 2)", parseRetries)
    .addHelpText("after", HELP)
    .action(invoke);
}

const HELP = `
Exit codes:
  0  answered
  1  refused: the request, the model's name or the access to it must be mended
  2  the command line was not understood, or the request file cannot be read
  3  failed: the model or AWS did not answer, and the same call may succeed later

Examples:
  $ npx slipway invoke velib-lstm --file request.json
  $ npx slipway invoke velib-lstm --file request.json --local http://127.0.0.1:5000
  $ pulumi stack output --json > outputs.json
  $ cat request.json | npx slipway invoke velib-lstm --file - --outputs outputs.json --variant v3
`;

async function invoke(model: string, options: InvokeOptions, command: Command): Promise<void> {
  const { local, outputs, target, variant, timeout, retries } = options;
  if (local !== undefined && outputs !== undefined) command.error("error: give --local or --outputs, not both");
  const colors = colorsFor(process.stderr);
  // The SDK's notice about its own future is no concern of whoever calls a model.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  let request: RequestFile | undefined;
  try {
    request = await readRequest(options.file, process.stdin);
    const connection = await connect(outputs === undefined ? { local: local ?? LOCAL_URL } : { outputs });
    const answer = await clientOf(connection, model).answer(request.request, {
      ...(target === undefined ? {} : { target }),
      ...(variant === undefined ? {} : { variant }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      ...(retries === undefined ? {} : { retries }),
    });
    process.stdout.write(`${JSON.stringify(answer.response, null, 2)}\n`);
    const facts = [answer.target ?? answer.variant, `${Math.round(answer.durationMs)} ms`, answer.attempts > 1 && `${answer.attempts} attempts`];
    process.stderr.write(colors.dim(`${model}  ${facts.filter(Boolean).join(" · ")}\n`));
  } catch (error) {
    if (error instanceof SlipwayError) {
      process.stderr.write(callFailureAsText(error, request, colors));
      process.exitCode = error.retryable ? EXIT_FAILED : EXIT_REFUSED;
    } else if (error instanceof CommandFailure) {
      process.stderr.write(failureAsText(error, colors));
      process.exitCode = error.code === "request-unreadable" ? EXIT_USAGE : EXIT_REFUSED;
    } else {
      throw error;
    }
  }
}

/** The client of a model known by name alone: here there are no types to hold on to. */
function clientOf(connection: object, model: string): ModelClient<unknown, unknown, string> {
  const clients = connection as { readonly [name: string]: ModelClient<unknown, unknown, string> };
  const client = Object.hasOwn(clients, model) ? clients[model] : undefined;
  if (client !== undefined) return client;
  throw new CommandFailure("unknown-model", model, `there is no such model; there is ${Object.keys(clients).sort().join(", ")}`);
}

function parseTimeout(text: string): number {
  const parsed = parseQuantity(text, { kind: "duration", unit: "milliseconds", minimum: 1 });
  if ("value" in parsed) return parsed.value;
  throw new InvalidArgumentError(parsed.problem);
}

function parseRetries(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it must be a whole number from 0 to 999");
}
