import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http, { Agent } from "node:http";
import { encodeServeSpec, SPEC_FILE_VARIABLE, SPEC_VARIABLE_PREFIX, type ServeSpec } from "../../../contract/serve-spec";
import { messageOf, RequestError } from "../failure";
import { TOKEN_FILE_VARIABLE, TOKEN_VARIABLE } from "../core/token";
import { heldBytes } from "../core/models/memory";
import type { Exchange, Exchanged, ModelProcess } from "../core/models/table";

const MULTI_MODEL_VARIABLE = "SAGEMAKER_MULTI_MODEL";

export interface LoopbackModelOptions {
  /** The container's own entry, which serves a model alone. */
  readonly script: string;
  /** Of this server; the process gets it with its own spec, folder and address. */
  readonly environment: NodeJS.ProcessEnv;
  readonly spec: ServeSpec;
  readonly folder: string;
}

/** What a process tells its parent; the first two come in this order. */
type Message = { readonly type: "listening"; readonly port: number } | { readonly type: "ready" } | { readonly type: "failed"; readonly code: string; readonly message: string };

/**
 * One model, served by a process of its own: the very server that serves a
 * model alone, on a loopback port. A crash of native code takes one model along
 * and no other, and what it held is the system's again when it has ended.
 */
export class LoopbackModel implements ModelProcess {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /**
   * Resolves when the model is ready.
   *
   * @throws RequestError `model-not-loadable` with the reason, or `memory-exhausted` where the kernel ended the process.
   */
  static async start(options: LoopbackModelOptions): Promise<LoopbackModel> {
    const child = fork(options.script, ["serve"], { env: environmentOf(options), execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    return new LoopbackModel(child, await readyPort(child));
  }

  get ended(): Promise<unknown> {
    return hasEnded(this.child) ? Promise.resolve() : once(this.child, "exit");
  }

  get heldBytes(): number | undefined {
    return this.child.pid === undefined ? undefined : heldBytes(this.child.pid);
  }

  invoke({ headers, body }: Exchange): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new RequestError("runtime-failed", `the model's process ended before it answered (${messageOf(error)})`));
      const request = http.request(
        { host: "127.0.0.1", port: this.port, agent: this.agent, method: "POST", path: "/invocations", headers: { ...passedOn(headers), "content-length": body.byteLength } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) }));
        },
      );
      request.on("error", fail);
      request.end(body);
    });
  }

  async stop(): Promise<void> {
    const { ended } = this;
    // The process gives itself a limit to drain in: see shutdown.ts.
    this.child.kill("SIGTERM");
    await ended;
    this.agent.destroy();
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let port = 0;
    child.on("message", (message: Message) => {
      if (message.type === "listening") port = message.port;
      else if (message.type === "ready") resolve(port);
      else reject(new RequestError("model-not-loadable", `${message.code}: ${message.message}`, "/url"));
    });
    child.once("error", (error) => reject(new RequestError("model-not-loadable", `its process did not start: ${messageOf(error)}`)));
    child.once("exit", (code, signal) => {
      // Nobody else sends SIGKILL to a process that loads.
      if (signal === "SIGKILL") reject(new RequestError("memory-exhausted", "the system ended the model's process while it loaded: memory ran out"));
      else reject(new RequestError("model-not-loadable", `its process ended ${signal === null ? `with exit code ${code}` : `on ${signal}`} while it loaded`));
    });
  });
}

/** What this server was told, with what makes it the server of one model. The token was checked on the way in. */
function environmentOf({ environment, spec, folder }: LoopbackModelOptions): NodeJS.ProcessEnv {
  const dropped = new Set([MULTI_MODEL_VARIABLE, SPEC_FILE_VARIABLE, TOKEN_VARIABLE, TOKEN_FILE_VARIABLE]);
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith(SPEC_VARIABLE_PREFIX) && !dropped.has(name));
  return { ...Object.fromEntries(kept), ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" };
}

/** Of one connection, and not of the request (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1). */
const hopByHop = ["authorization", "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

export const passedOn = (headers: Exchange["headers"]): Exchange["headers"] => Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
