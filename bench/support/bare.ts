import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** Loads a network, runs it once, then times as many runs of as large a batch as each line of stdin says. */
const program = `
  const { InferenceSession, Tensor } = require("onnxruntime-node");
  const [file, threads, shapes] = [process.argv[1], Number(process.argv[2]), JSON.parse(process.argv[3])];
  const feedsOf = (batch) => Object.fromEntries(Object.entries(shapes).map(([name, sides]) => {
    const shape = [batch, ...sides];
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, new Tensor("float32", Float32Array.from({ length: size }, (_, at) => Math.sin(at)), shape)];
  }));
  (async () => {
    const session = await InferenceSession.create(file, { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 });
    await session.run(feedsOf(1));
    console.log("ready");
    process.stdin.on("data", async (line) => {
      const { batch, calls } = JSON.parse(line);
      const feeds = feedsOf(batch);
      await session.run(feeds);
      const times = [];
      for (let call = 0; call < calls; call += 1) {
        const before = performance.now();
        await session.run(feeds);
        times.push(performance.now() - before);
      }
      console.log(JSON.stringify(times));
    });
  })();
`;

/** onnxruntime's own session in a process that does nothing else, on an input that is ready. */
export class Bare {
  private readonly lines: Interface;

  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout! });
  }

  /** @param shapes of the inputs, the batch left out. */
  static async start(file: string, threads: number, shapes: { readonly [input: string]: readonly number[] }): Promise<{ readonly bare: Bare; readonly firstRunMs: number }> {
    const began = performance.now();
    const child = spawn(process.execPath, ["-e", program, file, String(threads), JSON.stringify(shapes)], {
      cwd: join(__dirname, "../.."),
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
    });
    const bare = new Bare(child);
    await bare.line();
    return { bare, firstRunMs: performance.now() - began };
  }

  async times(calls: number, batch = 1): Promise<number[]> {
    const answer = this.line();
    this.child.stdin!.write(`${JSON.stringify({ batch, calls })}\n`);
    return JSON.parse(await answer) as number[];
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }

  private async line(): Promise<string> {
    return ((await once(this.lines, "line")) as [string])[0];
  }
}

export const IMAGE = { pixel_values: [3, 224, 224] } as const;
