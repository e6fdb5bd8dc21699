/** The last lines of a container's output; long lines are cut, so memory is bounded. */
export class LogTail {
  private readonly lines: string[] = [];
  private rest = "";

  constructor(
    private readonly keep = 300,
    private readonly maxLine = 4000,
  ) {}

  write(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop()!.slice(0, this.maxLine);
    for (const line of lines) if (line.trim() !== "") this.lines.push(line.slice(0, this.maxLine));
    this.lines.splice(0, Math.max(0, this.lines.length - this.keep));
  }

  all(): readonly string[] {
    return this.rest.trim() === "" ? this.lines : [...this.lines, this.rest];
  }

  /** The last thing that reads like an error, for a failure reason; a structured line gives its message. */
  lastWords(): string | undefined {
    for (const line of [...this.all()].reverse()) {
      const words = messageOf(line);
      if (words !== undefined) return words.slice(0, 400);
    }
    return undefined;
  }
}

function messageOf(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; message?: unknown; err?: { message?: unknown } };
    const severe = entry.level === undefined || (typeof entry.level === "number" ? entry.level >= 40 : /warn|error|fatal/i.test(String(entry.level)));
    const words = [entry.msg ?? entry.message, entry.err?.message].filter((part) => typeof part === "string" && part !== "");
    return severe && words.length > 0 ? [...new Set(words)].join(": ") : undefined;
  } catch {
    return /error|fail|cannot|refus|throw/i.test(line) ? line.trim() : undefined;
  }
}
