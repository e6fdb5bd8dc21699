import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { machine } from "./machine";

const folder = join(__dirname, "../results");

/** What holds: a figure beside the most or the least it may be. */
export interface Target {
  readonly what: string;
  readonly reached: number;
  readonly unit: string;
  readonly most?: number;
  readonly least?: number;
}

export const holds = ({ reached, most = Infinity, least = -Infinity }: Target): boolean => reached <= most && reached >= least;

/** Writes what one bench found, with the machine and how busy it was. */
export function record(name: string, threads: number, found: { readonly targets: readonly Target[]; readonly [field: string]: unknown }): void {
  const busy = Number(loadavg()[0]!.toFixed(1));
  const text = JSON.stringify({ machine: machine(), date: new Date().toISOString().slice(0, 10), threads, loadAverageAtTheEnd: busy, ...(process.argv.includes("--quick") ? { quick: true } : {}), ...found }, null, 2);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  for (const target of found.targets) console.error(`${holds(target) ? "holds " : "MISSED"} ${target.what}: ${target.reached} ${target.unit} (${target.most === undefined ? `at least ${target.least}` : `at most ${target.most}`})`);
}
