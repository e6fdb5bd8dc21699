import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileValidator } from "../container/src/core/validation";
import { isErrorCode, type ErrorCode } from "../contract/errors";
import type { Json, JsonSchema } from "../contract/json";
import { encodeServeSpec, type ServeSpec } from "../contract/serve-spec";
import type { Finding } from "./finding";

/** A request of the contract, as its examples have it. */
export interface GoldenRequest {
  readonly name: string;
  readonly request: Json;
}

/** How the container found an artifact. */
export interface Trial {
  /** From the start of its process until it said that it was ready. */
  readonly readyMs: number;
  /** Golden requests that it answered as the contract says. */
  readonly answered: readonly string[];
}

/** Longer than the slowest model takes to load here. */
const READY_TIMEOUT_MS = 180_000;

/** Bundles the container as its image does. Under a second. @returns the file that `node` is started with. */
export async function buildContainer(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "../container/build.mjs")]);
  return stdout.split("\n")[0]!;
}

/** The caller's environment, of which the container gets no more than it needs to run at all. */
export type Host = { readonly [name: string]: string | undefined };

/** The command that starts the container on the artifact in a folder, and the environment it needs. */
export function containerCommand(serve: string, folder: string, spec: ServeSpec, { PATH = "", HOME = "", TMPDIR }: Host): { readonly args: readonly string[]; readonly environment: Record<string, string> } {
  return {
    args: [serve, "serve"],
    environment: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" },
  };
}

/**
 * Loads an unpacked artifact in the real container, in a process of its own, and sends it the golden
 * requests of its contract. Answers differ from model to model, so an answer is held against the
 * contract's schema and not against the golden one.
 */
export async function tryOut(serve: string, folder: string, spec: ServeSpec, golden: readonly GoldenRequest[], response: JsonSchema | undefined, host: Host): Promise<Trial | readonly Finding[]> {
  const { args, environment } = containerCommand(serve, folder, spec, host);
  const began = performance.now();
  const child = spawn(process.execPath, args, { env: environment, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const said: string[] = [];
  child.stderr!.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_TIMEOUT_MS);
  try {
    const ready = await new Promise<{ port: number } | { code: ErrorCode; message: string }>((resolve) => {
      let port = 0;
      child.on("message", (message: { type: string; port?: number; code?: string; message?: string }) => {
        if (message.type === "listening") port = message.port!;
        else if (message.type === "ready") resolve({ port });
        else if (message.type === "failed") resolve({ code: isErrorCode(message.code) ? message.code : "artifact-unloadable", message: message.message ?? "" });
      });
      child.once("exit", (code, signal) => resolve({ code: "artifact-unloadable", message: `the container ended ${signal === null ? `with exit code ${code}` : `on ${signal}`} before it was ready: ${said.join("").trim().split("\n").at(-1) ?? ""}` }));
    });
    clearTimeout(timer);
    const readyMs = performance.now() - began;
    if ("code" in ready) return [{ code: ready.code, subject: "the container", message: ready.message }];
    return await ask(ready.port, golden, response, readyMs);
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }
}

async function ask(port: number, golden: readonly GoldenRequest[], response: JsonSchema | undefined, readyMs: number): Promise<Trial | readonly Finding[]> {
  const findings: Finding[] = [];
  const answered: string[] = [];
  const check = response === undefined ? undefined : compileValidator(response);
  for (const { name, request } of golden) {
    const wrong = (message: string): void => void findings.push({ code: "package-golden", subject: `golden example ${JSON.stringify(name)}`, message });
    const reply = await fetch(`http://127.0.0.1:${port}/invocations`, { method: "POST", body: JSON.stringify(request), headers: { "content-type": "application/json" } });
    const text = await reply.text();
    if (reply.status !== 200) wrong(`was answered ${reply.status}: ${text.slice(0, 300)}`);
    else {
      try {
        check?.(JSON.parse(text) as Json, text.length);
        answered.push(name);
      } catch (error) {
        wrong(`was answered, and the answer is not what the contract says: ${(error as Error).message.replaceAll("the request", "the answer")}`);
      }
    }
  }
  return findings.length > 0 ? findings : { readyMs: Math.round(readyMs), answered };
}
