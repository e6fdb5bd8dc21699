import { spawn } from "node:child_process";
import { join } from "node:path";

export const root = join(__dirname, "..", "..");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the repository to its end, as a person would: no AWS variables, no terminal. */
export function run(args: readonly string[], { input, cwd = root }: { input?: string; cwd?: string } = {}): Promise<Finished> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AWS_|^FORCE_COLOR$/.test(name)));
  const child = spawn(process.execPath, args, { cwd, env });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A program that leaves before it has read its input is judged by its exit code.
  child.stdin.on("error", () => undefined).end(input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export const slipway = (args: readonly string[], options?: { input?: string; cwd?: string }): Promise<Finished> =>
  run([join(root, "cli", "bin.js"), ...args], options);
