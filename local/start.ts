import path from "node:path";
import { regionsOf } from "../planning/plan-document";
import { colors as pc } from "./report/colors";
import { issueText } from "../contract/issue";
import { callStack } from "./calls/call-stack";
import { CommanderError, readCommandLine, type StartOptions } from "./command-line";
import { forgetAws } from "./engine/loopback";
import { callLines } from "./report/calls";
import { curlLine, queueCurlLines, sdkProgram } from "./report/examples";
import { stackTable } from "./report/table";
import { bringUp, RegistryProblem, type RunningStack } from "./stack";
import { untilToldToStop } from "./stop";
import { modelTargets } from "./view/targets";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** `--once` waits for a queue's instances to go: there is nobody to watch them. */
const AT_ONCE = { idleMs: 1_500 };
/** As a shell counts a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** `npm start`: answers the exit code. */
export async function start(argv: readonly string[]): Promise<number> {
  forgetAws(process.env);
  let options: StartOptions;
  try {
    options = readCommandLine(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }

  const interrupted = new AbortController();
  const stop = untilToldToStop().then(() => interrupted.abort());
  let running: RunningStack;
  try {
    running = await bringUp({ root: path.join(__dirname, ".."), environment: process.env, signal: interrupted.signal, ...options, ...(options.once ? { scaling: AT_ONCE } : {}) });
  } catch (error) {
    return interrupted.signal.aborted ? EXIT_INTERRUPTED : explain(error, options);
  }
  try {
    print(banner(running));
    if (options.once) return await callOnce(running);
    print(instructions(running));
    await stop;
    print("\n  stopping: requests in flight are answered, then the models end");
    return 0;
  } finally {
    await running.close();
  }
}

function banner(running: RunningStack): string {
  const { plan, sagemaker, warnings, log } = running;
  const seconds = Math.round(process.uptime() * 10) / 10;
  return [
    "",
    `  ${pc.bold(`slipway ${plan.stack}`)} · ${regionsOf(plan).join(", ")} on this machine · up in ${seconds} s`,
    "",
    stackTable(running.state(), process.stdout.columns ?? 160),
    ...(warnings.length > 0 ? [pc.yellow(`  ${warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`} in the registry: npx slipway validate shows ${warnings.length === 1 ? "it" : "them"}`)] : []),
    ...log.map(({ severity, message }) => `  ${severity}: ${message}`),
    "",
    `  page       ${pc.cyan(`${sagemaker.url}/`)}`,
    `  SageMaker  ${pc.cyan(sagemaker.url)}  ${pc.dim("control plane and runtime: --endpoint-url, AWS_ENDPOINT_URL")}`,
    `  outputs    ${pc.cyan(`${sagemaker.url}/slipway/outputs`)}`,
  ].join("\n");
}

function instructions({ plan, models, sagemaker }: RunningStack): string {
  const lines: string[] = [];
  for (const { name, region, serving } of plan.models) {
    const request = models.find((model) => model.name === name)?.contract.examples[0]?.request;
    const served = serving.find(({ endpointName }) => endpointName !== undefined && sagemaker.regions.get(endpointName)?.status === "InService");
    if (request === undefined || served?.endpointName === undefined) continue;
    if (sagemaker.queues.of(served.endpointName) !== undefined) {
      lines.push("", `  ${pc.bold(name)} with curl ${pc.dim("(a queue: the second line reads the answer out of S3)")}`, "", queueCurlLines({ url: sagemaker.url, endpointName: served.endpointName, request }));
      continue;
    }
    const several = served.mode === "multiModel" ? modelTargets(plan, name) : undefined;
    const call = { url: sagemaker.url, region, endpointName: served.endpointName, request, ...(several && { target: several.targets[several.main] }) };
    lines.push("", `  ${pc.bold(name)} with curl`, "", curlLine(call), "", `  ${pc.bold(name)} with the AWS SDK ${pc.dim("(save as call.mjs in this folder; node call.mjs)")}`, "", sdkProgram(call));
  }
  return [...lines, "", pc.dim("  Ctrl-C stops everything")].join("\n");
}

async function callOnce(running: RunningStack): Promise<number> {
  // Asked before the calls: the last of them take endpoints away.
  const failed = running.sagemaker.regions.endpoints.filter(({ status }) => status !== "InService" && status !== "OutOfService");
  const results = await callStack(running);
  print("");
  for (const line of callLines(results, process.stdout.columns ?? 160)) print(line);
  const down = running.sagemaker.environments.states.filter(({ status }) => status !== "Ready" && status !== "OutOfService");
  for (const { name, status, reason } of down) print(`  ${pc.red("✗")} ${pc.bold(name)} is ${status}: ${reason ?? "its process does not answer"}`);
  for (const { name, status, failureReason } of failed) print(`  ${pc.red("✗")} ${pc.bold(name)} is ${status}: ${failureReason ?? "no reason given"}`);
  if (results.length === 0) print(`  ${pc.red("✗")} no model is served on this machine, so nothing was called`);
  const wrong = results.some(({ problem }) => problem !== undefined);
  return wrong || failed.length > 0 || down.length > 0 || results.length === 0 ? EXIT_FAILED : 0;
}

/** What went wrong, for the person who must act; a mistake of ours keeps its stack. */
function explain(error: unknown, { port, stack }: StartOptions): number {
  if (error instanceof RegistryProblem) {
    complain(error.issues.map(issueText).join("\n\n"));
    return EXIT_USAGE;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") complain(`port ${port} is taken on 127.0.0.1\n    write: npm start -- --port <another>, or leave --port out to take a free one`);
  else if (code === "EACCES") complain(`port ${port} needs rights that this user does not have\n    write: npm start -- --port <1024 or above>`);
  else complain(`the ${stack} stack did not come up: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT_FAILED;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);
