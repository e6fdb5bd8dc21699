import type { FastifyInstance } from "fastify";
import { readFileSync } from "node:fs";
import path from "node:path";

/** Everything comes from here and nothing from anywhere else; no inline script or style. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = [
  { route: "/", file: "index.html", type: "text/html; charset=utf-8" },
  { route: "/slipway/page.css", file: "page.css", type: "text/css; charset=utf-8" },
  { route: "/slipway/page.mjs", file: "page.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/batch.mjs", file: "batch.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/chart.mjs", file: "chart.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/dom.mjs", file: "dom.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/gallery.mjs", file: "gallery.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/queue.mjs", file: "queue.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/try.mjs", file: "try.mjs", type: "text/javascript; charset=utf-8" },
  { route: "/slipway/icon.svg", file: "icon.svg", type: "image/svg+xml" },
] as const;

/** The page at `GET /`, read once. */
export function page(app: FastifyInstance): void {
  for (const { route, file, type } of files) {
    const content = readFileSync(path.join(__dirname, "..", "page", file));
    app.get(route, (_request, reply) =>
      reply
        .headers({
          "content-security-policy": CONTENT_SECURITY_POLICY,
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "cache-control": "no-cache",
        })
        .type(type)
        .send(content),
    );
  }
}
