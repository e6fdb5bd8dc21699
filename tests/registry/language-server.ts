import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Diagnostic {
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
  readonly message: string;
}

/** The real yaml-language-server, as an editor runs it: a child process that speaks LSP over stdio. */
export class LanguageServer {
  private readonly process: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private nextId = 1;
  private readonly waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  private readonly listeners = new Set<(message: Message) => void>();

  constructor() {
    const bin = join(__dirname, "..", "..", "node_modules", "yaml-language-server", "bin", "yaml-language-server");
    this.process = spawn(process.execPath, [bin, "--stdio"]);
    this.process.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    this.process.once("exit", (code) => this.waiting.forEach(({ reject }) => reject(new Error(`the language server left with ${code}`))));
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  /** What the server next finds wrong with a document. */
  diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    return new Promise((resolve) => {
      const listener = ({ method, params }: Message): void => {
        const published = params as { readonly uri: string; readonly diagnostics: readonly Diagnostic[] } | undefined;
        if (method !== "textDocument/publishDiagnostics" || published?.uri !== uri) return;
        this.listeners.delete(listener);
        resolve(published.diagnostics);
      };
      this.listeners.add(listener);
    });
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill();
    await gone;
  }

  private send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const end = this.received.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(this.received.toString("latin1", 0, Math.max(end, 0)))?.[1]);
      if (end < 0 || this.received.length < end + 4 + length) return;
      const message = JSON.parse(this.received.toString("utf8", end + 4, end + 4 + length)) as Message;
      this.received = this.received.subarray(end + 4 + length);
      this.dispatch(message);
    }
  }

  private dispatch(message: Message): void {
    if (message.method !== undefined) {
      // The server asks for the client's settings and the like; no answer of ours changes what is tested.
      if (message.id !== undefined) this.send({ id: message.id, result: message.method === "workspace/configuration" ? [{}, {}, {}, {}, {}, {}] : null });
      for (const listener of this.listeners) listener(message);
      return;
    }
    const waiting = this.waiting.get(message.id!);
    this.waiting.delete(message.id!);
    if (message.error !== undefined) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result);
  }
}
