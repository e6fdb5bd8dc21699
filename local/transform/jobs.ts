import { TransformJob, type JobHost } from "./job";
import type { TransformRequest } from "./request";

/** The transform jobs of this machine, in memory: they are gone with the process, what they wrote stays in S3. */
export class TransformJobs {
  private readonly jobs = new Map<string, TransformJob>();

  constructor(private readonly host: JobHost) {}

  get all(): TransformJob[] {
    return [...this.jobs.values()];
  }

  get(name: string): TransformJob | undefined {
    return this.jobs.get(name);
  }

  create(request: TransformRequest): TransformJob {
    const job = new TransformJob(request, this.host);
    this.jobs.set(job.name, job);
    return job;
  }

  /** Stops what still runs, and waits for it. */
  async close(): Promise<void> {
    for (const job of this.jobs.values()) job.stop();
    await Promise.all(this.all.map((job) => job.settled));
  }
}
