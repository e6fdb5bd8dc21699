import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * A client that keeps its connections and does little else: it shares the processors with what it measures. It reads
 * answers that say how long they are, as both servers' do.
 */
export class Caller {
  private readonly idle: Socket[] = [];

  constructor(
    private readonly port: number,
    private readonly type: string,
    private readonly body: Buffer,
  ) {}

  /** The same server, asked in another way. */
  as(type: string): Caller {
    return new Caller(this.port, type, this.body);
  }

  call(body = this.body): Promise<Answer> {
    const socket = this.open();
    return new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0);
      const fail = (error: Error = new Error("the server closed the connection")): void => {
        socket.destroy();
        reject(error);
      };
      const read = (chunk: Buffer): void => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const head = received.indexOf("\r\n\r\n");
        if (head < 0) return;
        const text = received.toString("latin1", 0, head);
        const bytes = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? NaN);
        if (Number.isNaN(bytes)) return fail(new Error(`no length in ${text}`));
        if (received.length < head + 4 + bytes) return;
        socket.off("data", read).off("error", fail).off("close", fail);
        if (/\r\nconnection: *close/i.test(text)) socket.destroy();
        else this.idle.push(socket);
        resolve({ status: Number(text.slice(9, 12)), body: received.subarray(head + 4) });
      };
      socket.on("data", read).on("error", fail).on("close", fail);
      // In one piece, as HTTP libraries send it: two would wake the server twice.
      socket.cork();
      socket.write(`POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${this.type}\r\nContent-Length: ${body.byteLength}\r\n\r\n`);
      socket.write(body);
      socket.uncork();
    });
  }

  /** One that the server has not closed meanwhile. */
  private open(): Socket {
    for (let socket = this.idle.pop(); socket !== undefined; socket = this.idle.pop()) if (!socket.destroyed && socket.writable) return socket;
    return connect({ port: this.port, host: "127.0.0.1", noDelay: true });
  }

  async json(body = this.body): Promise<unknown> {
    return JSON.parse((await this.good(body)).toString()) as unknown;
  }

  /** Milliseconds of each of so many calls, one after another. */
  async times(calls: number): Promise<number[]> {
    const times: number[] = [];
    for (let at = 0; at < calls; at += 1) {
      const began = performance.now();
      await this.good(this.body);
      times.push(performance.now() - began);
    }
    return times;
  }

  /** Clients that each call again as soon as they are answered. @returns answers in a second, and the milliseconds of each. */
  async load(clients: number, seconds: number): Promise<{ readonly perSecond: number; readonly times: number[] }> {
    const times: number[] = [];
    const began = performance.now();
    const until = began + seconds * 1000;
    const client = async (): Promise<void> => {
      while (performance.now() < until) times.push(...(await this.times(1)));
    };
    await Promise.all(Array.from({ length: clients }, client));
    return { perSecond: (1000 * times.length) / (performance.now() - began), times };
  }

  close(): void {
    for (const socket of this.idle) socket.destroy();
  }

  private async good(body: Buffer): Promise<Buffer> {
    const answer = await this.call(body);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`);
    return answer.body;
  }
}
