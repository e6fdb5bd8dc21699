import { fastify, type FastifyInstance } from "fastify";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { Container } from "../processes/container";
import { NoAnswer, whole } from "../processes/exchange";
import { guard } from "../server/guard";

export interface FrontOptions {
  readonly container: () => Container | undefined;
  readonly maxBodyBytes: number;
  readonly timeoutMs: number;
}

/** Headers of a connection, not of a request. */
const HOP_BY_HOP = new Set(["connection", "content-length", "host", "keep-alive", "transfer-encoding"]);

/** Load balancer and nginx of an environment: one address that stays while the process behind it comes and goes. */
export class Front {
  private constructor(private readonly app: FastifyInstance) {}

  /** Listens on a loopback port of its own. */
  static async start({ container, maxBodyBytes, timeoutMs }: FrontOptions): Promise<Front> {
    const app = fastify({ bodyLimit: maxBodyBytes });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    guard(app);
    app.get("/ping", (_request, reply) => reply.code(container()?.healthy === true ? 200 : 503).send());
    app.post("/invocations", async (request, reply) => {
      const behind = container();
      if (behind?.healthy !== true) return reply.code(503).type("text/plain").send("503 Service Temporarily Unavailable\n");
      const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" && !HOP_BY_HOP.has(name) ? [[name, value]] : [])));
      try {
        const answer = await behind.invokeStream({ body: (request.body as Buffer | undefined) ?? Buffer.alloc(0), headers }, timeoutMs);
        for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) reply.header(name, value);
        // What comes in pieces goes on in pieces.
        const streamed = answer.headers["transfer-encoding"] !== undefined;
        return await reply.code(answer.status).send(streamed ? Readable.from(answer.pieces, { objectMode: false }) : (await whole(answer)).body);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return error.reason === "timeout" ? reply.code(504).type("text/plain").send("504 Gateway Time-out\n") : reply.code(502).type("text/plain").send("502 Bad Gateway\n");
      }
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    return new Front(app);
  }

  /** `127.0.0.1:<port>`, where the plan expects the environment's CNAME. */
  get address(): string {
    return `127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
