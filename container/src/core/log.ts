import { destination, type Logger, pino } from "pino";

/** Structured lines on stdout, one JSON object each. Never a payload: requests may hold personal data. */
export type Log = Logger;

/** @param level pino's: `trace` to `fatal`, or `silent`. Anything else is `info`. */
export function createLog(level: string | undefined, fields: Readonly<Record<string, unknown>>): Log {
  // Synchronous, so that the last line before an exit is not lost.
  const stdout = destination({ dest: 1, sync: true });
  stdout.on("error", () => {}); // whoever read our output is gone; that is no reason to stop serving
  return pino(
    {
      level: level !== undefined && (level in pino.levels.values || level === "silent") ? level : "info",
      base: fields,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stdout,
  );
}
