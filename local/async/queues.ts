import { createHash, randomUUID } from "node:crypto";
import path from "node:path";
import { ACCOUNT_ID } from "../account";
import type { Endpoint } from "../endpoints/endpoint";
import { RuntimeError } from "../endpoints/invoke";
import type { AsyncInvocation, QueuedRequest } from "./request";
import { QueueWorker, type QueueView, type WorkerHost } from "./worker";

/** The queues of all endpoints that have one, each a folder. */
export class Queues {
  private readonly workers = new Map<string, QueueWorker>();

  constructor(
    private readonly folder: string,
    private readonly host: WorkerHost,
  ) {}

  /** Begins, or goes on, with the queue of an endpoint that has just been created. */
  attach(endpoint: Endpoint): void {
    if (endpoint.config.AsyncInferenceConfig === undefined) return;
    this.workers.set(endpoint.name, new QueueWorker(endpoint, this.folderOf(endpoint.name), this.host));
  }

  /** The endpoint was deleted. */
  detach(endpoint: Endpoint): void {
    const worker = this.workers.get(endpoint.name);
    if (worker?.endpoint !== endpoint) return;
    worker.discard();
    this.workers.delete(endpoint.name);
  }

  of(endpointName: string): QueueWorker | undefined {
    return this.workers.get(endpointName);
  }

  view(endpointName: string): QueueView | undefined {
    return this.workers.get(endpointName)?.view();
  }

  /** @throws RuntimeError where there is no such endpoint, it takes no such calls, or it cannot serve. */
  async accept(endpoint: Endpoint | undefined, invocation: AsyncInvocation): Promise<QueuedRequest> {
    const { endpoint: name } = invocation;
    if (!endpoint || endpoint.status === "Deleting") throw new RuntimeError("ValidationError", 400, `Endpoint ${name} of account ${ACCOUNT_ID} not found.`);
    const worker = this.workers.get(name);
    if (!worker) throw new RuntimeError("ValidationError", 400, `Endpoint ${name} has no AsyncInferenceConfig: call it with InvokeEndpoint.`);
    if (endpoint.status === "OutOfService" || endpoint.status === "Failed") {
      throw new RuntimeError("ServiceUnavailable", 503, `Endpoint ${name} is ${endpoint.status}: ${endpoint.failureReason ?? "it has no instances"}`);
    }
    return worker.accept(invocation, randomUUID());
  }

  /** What is on the disk stays there for the next one who opens the folder. */
  stop(): void {
    for (const worker of this.workers.values()) worker.stop();
  }

  private folderOf(endpointName: string): string {
    return path.join(this.folder, createHash("sha256").update(endpointName).digest("hex").slice(0, 32));
  }
}
