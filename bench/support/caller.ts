import { Agent, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** A client that keeps its connections. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly port: number,
    private readonly type: string,
    private readonly body: Buffer,
  ) {}

  call(body = this.body): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": this.type, "content-length": body.byteLength };
      const call = request({ port: this.port, agent: this.agent, host: "127.0.0.1", path: "/invocations", method: "POST", headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks) }));
      });
      call.on("error", reject);
      call.end(body);
    });
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
    this.agent.destroy();
  }

  private async good(body: Buffer): Promise<Buffer> {
    const answer = await this.call(body);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`);
    return answer.body;
  }
}
