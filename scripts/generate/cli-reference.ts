import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fillBlocks } from "./blocks";

const bin = join(__dirname, "..", "..", "cli", "bin.js");

/** `docs/reference/cli.md`: what `slipway` and each of its verbs print for `--help`, the prose kept. */
export function cliReference(current: string): string {
  const overview = help();
  return fillBlocks(current, new Map([["slipway", fenced(overview)], ...verbsOf(overview).map((verb) => [verb, fenced(help(verb))] as const)]));
}

/** The verbs that the overview lists, but for `help` itself. */
export function verbsOf(overview: string): string[] {
  const [, list = ""] = /^Commands:\n((?: {2}.*\n)+)/m.exec(overview) ?? [];
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1]!).filter((verb) => verb !== "help");
}

/** The command itself is asked, so that the reference shows what a person would see. Without a terminal it writes 80 columns. */
export function help(...verb: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...verb, "--help"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`slipway ${verb.join(" ")} --help left with ${status}: ${stderr}`);
  return stdout;
}

const fenced = (text: string): string => `\`\`\`text\n${text.trim()}\n\`\`\``;
