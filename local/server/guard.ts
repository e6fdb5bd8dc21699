import type { FastifyInstance } from "fastify";
import type { IncomingHttpHeaders } from "node:http";

/** Names that mean this machine and nothing else. */
const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The bucket of a virtual-host style call, `<bucket>.localhost`; undefined where
 * the host names none. `localhost` and all below it are this machine by
 * definition (https://www.rfc-editor.org/rfc/rfc6761#section-6.3), so no other site's
 * name can be made to lead there.
 */
export function bucketHost(host = ""): string | undefined {
  return /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.localhost(?::\d+)?$/.exec(host.toLowerCase())?.[1];
}

/**
 * Why a request must not be served; undefined where it may.
 *
 * Calls carry no proof of who sends them, so the guard is what keeps web pages
 * out: a foreign `Host` is DNS rebinding, a foreign `Origin` (browsers always
 * send one with a cross-origin POST) or `Sec-Fetch-Site` is another site's
 * script. SDKs, curl and our own page pass. Pure.
 */
export function refusal(method: string, headers: IncomingHttpHeaders): string | undefined {
  const host = headers.host ?? "";
  if (!loopbackNames.has(host.replace(/:\d+$/, "").toLowerCase()) && bucketHost(host) === undefined) {
    return `The Host header ${JSON.stringify(host)} is not this machine. Use http://127.0.0.1:<port>.`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return `Calls from the origin ${JSON.stringify(origin)} are refused.`;
  const site = headers["sec-fetch-site"];
  if (method !== "GET" && site !== undefined && site !== "same-origin" && site !== "none") return `Calls from another site (${String(site)}) are refused.`;
  return undefined;
}

export function guard(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const reason = refusal(request.method, request.headers);
    if (reason === undefined) return;
    await reply.code(403).header("x-amzn-errortype", "AccessDeniedException").send({ __type: "AccessDeniedException", message: reason });
  });
}
