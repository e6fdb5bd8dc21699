import type { FastifyInstance } from "fastify";
import { inference } from "./invocations";
import { Meter } from "./meter";
import type { ServerOptions } from "./server";

/** Who serves, for the routes that say so. */
export interface Identity {
  readonly model: string;
  readonly version: string;
}

/**
 * The addresses that apps of the seeds call, beside SageMaker's two: the runtime's own, `/health` and
 * `/metrics`. Not on SageMaker, whose proxy passes nothing else on.
 */
export function addAppRoutes(app: FastifyInstance, options: ServerOptions, { model, version }: Identity): void {
  const meter = new Meter();
  app.addHook("onResponse", async (request, reply) => {
    // By the route and not by the address: what callers make up must not become labels.
    const route = request.routeOptions.url;
    if (route !== undefined) meter.count(route, reply.statusCode, reply.elapsedTime);
  });

  for (const route of options.wire.routes ?? []) app.post(route.path, inference(options, route));

  const { health } = options.wire;
  for (const path of ["/health", ...(health?.paths ?? [])]) {
    app.get(path, (_request, reply) => {
      const { healthy } = options.dispatcher;
      const status = healthy ? "healthy" : "unhealthy";
      return reply.code(healthy ? 200 : 503).send({ status, service_type: "local", device: "cpu", endpoint_status: null, model, version, ...health?.fields(healthy, new Date()) });
    });
  }

  app.get("/metrics", (request, reply) => {
    if (request.headers.accept?.includes("application/json")) {
      const { healthy } = options.dispatcher;
      return reply.send({ endpoint_name: model, endpoint_status: healthy ? "InService" : "OutOfService", instance_type: null, current_instances: 1, ...meter.summary() });
    }
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(meter.exposition({ model, version }, options.dispatcher.load));
  });
}
