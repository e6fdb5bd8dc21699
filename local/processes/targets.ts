import { createHash } from "node:crypto";
import { UnsafeArchive } from "../../packaging/extract";
import { NoAnswer, type ContainerRequest, type ContainerResponse } from "./exchange";

/** A model over a prefix of archives, as `CreateModel` with `Mode: MultiModel` made it. */
export interface MultiModel {
  /** `s3://bucket/prefix/`. */
  readonly prefixUri: string;
  /** Whether a model stays loaded after its request (`ModelCacheSetting`). */
  readonly cache: boolean;
  /** Where an archive below the prefix was unpacked to; undefined where there is none. */
  readonly folder: (target: string) => Promise<string | undefined>;
}

/** There is no archive of that name below the prefix. */
export class TargetMissing extends Error {}

/** An answer, and what it took to have the model there. */
export interface TargetAnswer {
  readonly response: ContainerResponse;
  /** Milliseconds until the model was loaded; undefined where it was loaded already. */
  readonly loadingWaitMs: number | undefined;
}

type Send = (request: ContainerRequest, timeoutMs: number) => Promise<ContainerResponse>;

/** The container may answer its management requests later than its invocations: a large model takes minutes to load. */
const LOAD_TIMEOUT_MS = 10 * 60_000;
const INSUFFICIENT_STORAGE = 507;

/**
 * What SageMaker does for one instance of a multi-model endpoint: it has the
 * container load a model when it is first asked for, and unload those that were
 * used longest ago where memory runs out
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html#how-multi-model-endpoints-work).
 */
export class InstanceTargets {
  /** Target → when it was last used; in that order. */
  private readonly loaded = new Map<string, Promise<ContainerResponse>>();

  constructor(
    private readonly model: MultiModel,
    private readonly send: Send,
  ) {}

  get prefixUri(): string {
    return this.model.prefixUri;
  }

  /** Targets in memory, as far as SageMaker knows. */
  get names(): string[] {
    return [...this.loaded.keys()].sort();
  }

  /** @throws TargetMissing, NoAnswer */
  async invoke(target: string, request: ContainerRequest, timeoutMs: number): Promise<TargetAnswer> {
    const headers = { ...request.headers, "x-amzn-sagemaker-target-model": target };
    const invoke = { ...request, headers, path: `/models/${nameOf(target)}/invoke` };
    const first = await this.ensure(target);
    if (first.response.status >= 400) return { response: first.response, loadingWaitMs: first.waitMs };
    let response = await this.send(invoke, timeoutMs);
    if (response.status === 404) {
      // The container was started anew since, and has lost what it had.
      this.loaded.delete(target);
      const again = await this.ensure(target);
      response = again.response.status >= 400 ? again.response : await this.send(invoke, timeoutMs);
    }
    if (!this.model.cache) await this.unload(target);
    return { response, loadingWaitMs: first.waitMs };
  }

  private async ensure(target: string): Promise<{ readonly response: ContainerResponse; readonly waitMs: number | undefined }> {
    const known = this.loaded.get(target);
    if (known !== undefined) {
      // Used last: it moves to the end.
      this.loaded.delete(target);
      this.loaded.set(target, known);
      return { response: await known, waitMs: undefined };
    }
    const began = performance.now();
    const loading = this.load(target);
    this.loaded.set(target, loading);
    const forget = (): void => void (this.loaded.get(target) === loading && this.loaded.delete(target));
    const response = await loading.catch((error: unknown) => {
      forget();
      throw error;
    });
    if (response.status >= 400) forget();
    return { response, waitMs: performance.now() - began };
  }

  private async load(target: string): Promise<ContainerResponse> {
    const folder = await this.model.folder(target).catch((error: unknown) => {
      if (error instanceof UnsafeArchive) throw new TargetMissing(error.message);
      throw error;
    });
    if (folder === undefined) throw new TargetMissing(target);
    const request: ContainerRequest = {
      path: "/models",
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ model_name: nameOf(target), url: folder })),
    };
    for (;;) {
      const response = await this.send(request, LOAD_TIMEOUT_MS);
      if (response.status === 409) return { ...response, status: 200 }; // it has it already
      if (response.status !== INSUFFICIENT_STORAGE) return response;
      const oldest = [...this.loaded.keys()].find((other) => other !== target);
      if (oldest === undefined) return response;
      await this.unload(oldest);
    }
  }

  private async unload(target: string): Promise<void> {
    this.loaded.delete(target);
    await this.send({ method: "DELETE", path: `/models/${nameOf(target)}`, headers: {}, body: Buffer.alloc(0) }, LOAD_TIMEOUT_MS).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error; // gone with its container
    });
  }
}

/** Opaque to the container, as on AWS. */
const nameOf = (target: string): string => createHash("sha256").update(target).digest("hex").slice(0, 32);
