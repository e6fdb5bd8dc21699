/**
 * What the program says through `pulumi.log`. Without an engine of its own
 * Pulumi writes it to the console with a mark; this takes it from there while
 * the program runs, and leaves every other line of the console alone.
 */
export async function collectLog<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result; readonly log: readonly LogLine[] }> {
  const log: LogLine[] = [];
  const original = { log: console.log, warn: console.warn, error: console.error };
  for (const method of ["log", "warn", "error"] as const) {
    console[method] = (...args: unknown[]) => {
      const line = /^(debug|info|warning|error): \[runtime\] ([^]*)$/.exec(String(args[0]));
      if (line) log.push({ severity: line[1] as LogLine["severity"], message: line[2]! });
      else original[method](...args);
    };
  }
  try {
    return { result: await work(), log };
  } finally {
    Object.assign(console, original);
  }
}

export interface LogLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
}
