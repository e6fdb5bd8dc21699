import type { Server } from "node:http";
import type { Dispatcher } from "./core/dispatcher";
import type { Engine } from "./core/engine";
import { messageOf, StartError } from "./failure";
import type { Log } from "./core/log";

/** After sysexits.h: what is to mend is not the same person's work. */
export const EXIT = { drained: 0, usage: 64, artifact: 65, software: 70, spec: 78 } as const;

/** SageMaker sends SIGKILL 30 s after SIGTERM (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html). */
const DRAIN_LIMIT_MS = 25_000;
/** For the last answers to leave their sockets. */
const FLUSH_MS = 1000;
/** For the worker to come out of a native call. */
const STOP_LIMIT_MS = 5000;

/** What runs, as far as it has been started. */
export interface Parts {
  engine?: Pick<Engine, "stop">;
  dispatcher?: Dispatcher<never>;
  app?: { close(): Promise<unknown>; readonly server: Server };
}

/**
 * Ends the process once: in good order when asked to, with the reason in the log
 * when it cannot serve. The worker always ends first, because a thread inside a
 * native call does not survive `process.exit`; past a limit the process kills
 * itself, as the platform would a moment later.
 */
export class Shutdown {
  readonly parts: Parts = {};
  private ending = false;

  constructor(private readonly log: Log) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => this.drain(signal));
    process.on("disconnect", () => this.drain("parent gone"));
    process.on("uncaughtException", (error) => this.fail(error));
  }

  get begun(): boolean {
    return this.ending;
  }

  /** Takes nothing more, answers what was admitted, leaves with 0. */
  drain(reason: string): void {
    if (this.ending) return;
    this.ending = true;
    this.log.info({ event: "draining", reason });
    this.killAfter(DRAIN_LIMIT_MS);
    void this.finishRequests().then(() => this.leave(EXIT.drained, () => this.log.info({ event: "drained" })));
  }

  /** Says why in the log, and to a parent process where there is one, and leaves. */
  fail(error: unknown): void {
    if (this.ending) return;
    this.ending = true;
    const expected = error instanceof StartError;
    const code = expected ? error.code : "unexpected";
    const message = messageOf(error);
    this.log.fatal({ event: "cannot-serve", code, message, stack: expected ? undefined : (error as Error).stack });
    process.send?.({ type: "failed", code, message });
    this.killAfter(STOP_LIMIT_MS);
    void this.leave(exitCodeOf(code));
  }

  private async finishRequests(): Promise<void> {
    const { app, dispatcher } = this.parts;
    const closed = app?.close();
    await dispatcher?.drain();
    // What is left are connections whose request never arrived whole.
    setTimeout(() => app?.server.closeAllConnections(), FLUSH_MS).unref();
    await closed;
  }

  private async leave(exitCode: number, lastWords = (): void => {}): Promise<void> {
    await this.parts.engine?.stop();
    lastWords();
    process.exit(exitCode);
  }

  private killAfter(milliseconds: number): void {
    setTimeout(() => {
      this.log.fatal({ event: "shutdown-too-slow", afterMs: milliseconds });
      process.kill(process.pid, "SIGKILL");
    }, milliseconds).unref();
  }
}

function exitCodeOf(code: string): number {
  if (code.startsWith("spec-") || code === "runtime-unknown") return EXIT.spec;
  if (code.startsWith("artifact-")) return EXIT.artifact;
  return EXIT.software;
}
