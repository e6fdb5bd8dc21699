import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface WireAnswer {
  /** 0: the connection closed before anything was said. */
  readonly status: number;
  readonly body: string;
}

/** Nothing here takes so long; a server that stays silent has lost the request. */
const SILENCE_MS = 30_000;

/**
 * A keep-alive connection that sends any bytes at all, and reads one answer for them. Node's own client would
 * refuse to send most of what is worth sending.
 */
export class Connection {
  private socket: Socket | undefined;
  private received = Buffer.alloc(0);
  private wake: () => void = () => {};

  constructor(private readonly port: number) {}

  /**
   * @param isLast the client sends no more after these bytes.
   * @throws Error after 30 s of silence.
   */
  async ask(bytes: Buffer, { isHead, isLast }: { readonly isHead: boolean; readonly isLast: boolean }): Promise<WireAnswer> {
    const socket = await this.open();
    this.received = Buffer.alloc(0);
    if (isLast) socket.end(bytes);
    else socket.write(bytes);
    let silent = false;
    const timer = setTimeout(() => {
      silent = true;
      this.wake();
    }, SILENCE_MS);
    try {
      for (;;) {
        const answer = parse(this.received, isHead, socket.destroyed);
        if (answer !== undefined) {
          // What the server did not read of a request would be read as the next one.
          if (isLast || answer.closes || answer.status >= 400) this.close();
          return answer;
        }
        if (silent) throw new Error(`no answer in ${SILENCE_MS} ms`);
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      if (silent) this.close();
    }
  }

  /** Sends some bytes and goes away. */
  async leave(bytes: Buffer): Promise<void> {
    const socket = await this.open();
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    socket.resetAndDestroy();
    this.close();
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async open(): Promise<Socket> {
    if (this.socket !== undefined && !this.socket.destroyed) return this.socket;
    const socket = connect(this.port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    socket.on("data", (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => this.wake());
    this.socket = socket;
    return socket;
  }
}

/** The first answer in the bytes that is no 1xx; undefined while it is not all there. */
function parse(bytes: Buffer, isHead: boolean, closed: boolean): (WireAnswer & { readonly closes: boolean }) | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return closed ? { status: 0, body: "", closes: true } : undefined;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const rest = bytes.subarray(end + 4);
  if (status >= 100 && status < 200) return status === 101 ? { status, body: "", closes: true } : parse(rest, isHead, closed);
  const closes = /^connection: close\r?$/im.test(head);
  const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? NaN);
  const done = (body: Buffer): WireAnswer & { readonly closes: boolean } => ({ status, body: body.toString("utf8"), closes: closes || closed });
  if (isHead || status === 204 || status === 304) return done(Buffer.alloc(0));
  if (/^transfer-encoding: chunked\r?$/im.test(head)) return rest.toString("latin1").endsWith("0\r\n\r\n") || closed ? done(rest) : undefined;
  if (Number.isNaN(length)) return closed ? done(rest) : undefined;
  return rest.length >= length || closed ? done(rest.subarray(0, length)) : undefined;
}
