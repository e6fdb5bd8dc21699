import { cpus, totalmem } from "node:os";

/** The machine a result comes from; a number without it means nothing. */
export const machine = () => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
});

/** Of sorted or unsorted measurements, in their own unit. */
export function summary(values: readonly number[]): { median: number; min: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: round(at(0.5)), min: round(sorted[0]!), p95: round(at(0.95)) };
}

export const round = (value: number): number => Number(value.toPrecision(4));

/** How often something is repeated: less with `--quick`, whose results show that a bench runs and nothing else. */
export const repeats = (count: number): number => (process.argv.includes("--quick") ? Math.ceil(count / 8) : count);
