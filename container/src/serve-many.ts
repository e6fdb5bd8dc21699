import type { AddressInfo } from "node:net";
import type { Log } from "./core/log";
import { readSpec } from "./core/spec";
import { readToken } from "./core/token";
import { bearer } from "./http/bearer";
import { runtimes } from "./runtimes";
import type { Shutdown } from "./shutdown";
import { mebibytes, memoryCapBytes } from "./core/models/memory";
import { ModelTable } from "./core/models/table";
import { LoopbackModel } from "./http/model-process";
import { createModelsServer } from "./http/models-server";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Serves whichever models SageMaker asks for, all of one descriptor. @param script the container's own entry. */
export async function serveMany(environment: NodeJS.ProcessEnv, script: string, { host, port }: Address, log: Log, shutdown: Shutdown): Promise<void> {
  const spec = readSpec(environment, Object.keys(runtimes));
  const token = readToken(environment);
  const capBytes = memoryCapBytes(environment);
  log.setBindings({ model: spec.model });
  log.info({ event: "starting", multiModel: true, runtime: spec.runtime, contractSha256: spec.contractSha256, memoryCapMiB: mebibytes(capBytes) });

  const launch = (own: typeof spec, folder: string): Promise<LoopbackModel> => LoopbackModel.start({ script, environment, spec: own, folder });
  const models = new ModelTable({ spec, capBytes, launch, log });
  shutdown.parts.engine = { stop: () => models.close() };
  const app = createModelsServer({
    models,
    maxBodyBytes: spec.limits.maxBodyBytes,
    log,
    draining: () => shutdown.begun,
    ...(token === undefined ? {} : { authorise: bearer(token) }),
  });
  shutdown.parts.app = app;
  if (shutdown.begun) return;

  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  log.info({ event: "listening", port: address.port });
  process.send?.({ type: "listening", port: address.port });
}
