import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { QueuedRequest } from "./request";

/**
 * The requests of one endpoint that have no answer yet, first come first: a
 * file for each, written whole before the caller is told that it was accepted
 * and removed only when its result is in S3. Whatever ends in between, the next
 * one to open the folder goes on where this one stopped.
 */
export class DiskQueue {
  private readonly requests = new Map<string, QueuedRequest>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    const found = readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as QueuedRequest);
    for (const request of found.sort((a, b) => a.acceptedAtMs - b.acceptedAtMs)) this.requests.set(request.id, request);
  }

  /** In the order of their arrival, those that are being worked on among them. */
  all(): QueuedRequest[] {
    return [...this.requests.values()];
  }

  get length(): number {
    return this.requests.size;
  }

  /** Adds a request, or writes down what has changed about it. */
  async write(request: QueuedRequest): Promise<void> {
    const file = this.file(request.id);
    const draft = `${file}.draft`;
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(JSON.stringify(request));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    this.requests.set(request.id, request);
  }

  async remove(id: string): Promise<void> {
    this.requests.delete(id);
    await rm(this.file(id), { force: true });
  }

  /** With the endpoint go the requests that wait for it, as on the service. */
  clear(): void {
    this.requests.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }
}
