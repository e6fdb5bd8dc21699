import type { ServeSpec } from "../../../../contract/serve-spec";
import type { Log } from "../log";
import { RequestError } from "../../failure";
import { findArtifact } from "./artifact";
import { expectedBytes, heldBytes, mebibytes } from "./memory";

/** A request as it came, and as it is handed on. */
export interface Exchange {
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Buffer;
}

export interface Exchanged extends Exchange {
  readonly status: number;
}

/** A model in memory, in a process of its own. */
export interface ModelProcess {
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  /** Bytes that it holds; undefined where that cannot be told. */
  readonly heldBytes: number | undefined;
  /** @throws RequestError `runtime-failed` where it ended before it answered. */
  invoke(request: Exchange): Promise<Exchanged>;
  /** Lets it answer what it has; settles when it has ended and its memory is free. */
  stop(): Promise<void>;
}

export interface ModelTableOptions {
  /** The spec that all versions share; each artifact brings its own version. */
  readonly spec: ServeSpec;
  /** For this process and those of all models together. Bytes. */
  readonly capBytes: number;
  /** Settles when the model in the folder is ready. */
  readonly launch: (spec: ServeSpec, folder: string) => Promise<ModelProcess>;
  readonly log: Log;
}

/** A model as the API lists it (https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html). */
export interface ListedModel {
  readonly modelName: string;
  readonly modelUrl: string;
}

interface Model {
  readonly name: string;
  readonly url: string;
  readonly version: string;
  /** Being loaded while `ready` is pending; in memory while `process` is there; else evicted, and loaded again by the next request. */
  process: ModelProcess | undefined;
  ready: Promise<ModelProcess> | undefined;
  /** What it holds, or is about to: 0 while it is evicted. */
  bytes: number;
  readonly fileBytes: number;
  /** Held after it was last loaded; undefined before. */
  measuredBytes: number | undefined;
  inFlight: number;
  lastUsed: number;
  readonly idle: (() => void)[];
}

/**
 * The models of a multi-model server, by the names that SageMaker gives them.
 * What they hold is kept under a cap: the model that was used longest ago, and
 * is not at work, leaves memory first. Its name stays, and the next request for
 * it loads it again: SageMaker, which did not ask for the eviction, need not
 * know of it.
 */
export class ModelTable {
  private readonly models = new Map<string, Model>();
  /** Unloaded, and not yet out of memory. */
  private readonly leaving = new Set<Model>();
  /** Room is made for one model at a time, so that two do not count on the same bytes. */
  private turn: Promise<unknown> = Promise.resolve();
  private clock = 0;

  constructor(private readonly options: ModelTableOptions) {}

  /**
   * Settles when the model is in memory and answers.
   *
   * @throws RequestError `model-already-loaded`, `model-folder-missing`, `model-not-loadable` or `memory-exhausted`.
   */
  async load(name: string, url: string): Promise<ListedModel> {
    const known = this.models.get(name);
    if (known?.process !== undefined) throw new RequestError("model-already-loaded", `the model ${quote(name)} is loaded already`);
    if (known?.ready !== undefined) throw new RequestError("model-already-loaded", `the model ${quote(name)} is being loaded already`);
    const { version, bytes: fileBytes } = findArtifact(url, this.options.spec);
    const model: Model = { name, url, version, fileBytes, process: undefined, ready: undefined, bytes: 0, measuredBytes: undefined, inFlight: 0, lastUsed: ++this.clock, idle: [] };
    this.models.set(name, model);
    try {
      await this.bring(model);
    } catch (error) {
      if (this.models.get(name) === model) this.models.delete(name);
      throw error;
    }
    return listed(model);
  }

  /** What is in memory, by name. */
  list(): ListedModel[] {
    return [...this.models.values()]
      .filter(({ process }) => process !== undefined)
      .map(listed)
      .sort((a, b) => (a.modelName < b.modelName ? -1 : 1));
  }

  /** @throws RequestError `model-not-loaded` */
  get(name: string): ListedModel {
    const model = this.known(name);
    if (model.process === undefined) throw notLoaded(name);
    return listed(model);
  }

  /** Settles when its requests are answered and its memory is free. @throws RequestError `model-not-loaded` */
  async unload(name: string): Promise<void> {
    const model = this.known(name);
    this.models.delete(name);
    this.leaving.add(model);
    await model.ready?.catch(() => undefined);
    if (model.inFlight > 0) await new Promise<void>((resolve) => model.idle.push(resolve));
    await this.release(model);
    this.leaving.delete(model);
    this.options.log.info({ event: "model-unloaded", modelName: name, version: model.version });
  }

  /**
   * Hands a request to a model; one that is being loaded, or was evicted, is waited for.
   *
   * @throws RequestError `model-not-loaded`, `memory-exhausted`, `model-not-loadable` or `runtime-failed`.
   */
  async invoke(name: string, request: Exchange): Promise<Exchanged> {
    const model = this.known(name);
    model.lastUsed = ++this.clock;
    model.inFlight += 1; // from here on it is not evicted
    try {
      const process = model.process ?? (await (model.ready ?? this.bring(model)));
      return await process.invoke(request);
    } finally {
      model.inFlight -= 1;
      if (model.inFlight === 0) for (const resolve of model.idle.splice(0)) resolve();
    }
  }

  /** Ends every model's process, after what it is answering. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.models.keys()].map((name) => this.unload(name)));
  }

  /** From disk into memory, once for all who wait. */
  private bring(model: Model): Promise<ModelProcess> {
    const ready = this.start(model);
    model.ready = ready;
    const settled = (): void => void (model.ready = undefined);
    ready.then(settled, settled);
    return ready;
  }

  private async start(model: Model): Promise<ModelProcess> {
    const { spec, launch, log } = this.options;
    const began = performance.now();
    await this.makeRoom(model, model.measuredBytes ?? this.expected(model));
    let process: ModelProcess;
    try {
      process = await launch({ ...spec, version: model.version }, model.url);
    } catch (error) {
      model.bytes = 0;
      throw error;
    }
    model.process = process;
    void process.ended.then(() => this.afterEnd(model, process));
    model.measuredBytes = this.measure(model);
    await this.makeRoom(model, model.measuredBytes);
    log.info({ event: "model-loaded", modelName: model.name, version: model.version, memoryMiB: mebibytes(model.bytes), durationMs: Math.round(performance.now() - began) });
    return process;
  }

  /** Reserves memory for a model, evicting others for it; where that is not enough, the model itself leaves. */
  private makeRoom(model: Model, bytes: number): Promise<void> {
    const step = this.turn.then(async () => {
      model.bytes = bytes;
      for (let used = this.usedBytes(); used > this.options.capBytes; used = this.usedBytes()) {
        const victim = this.leastRecentlyUsed(model);
        if (victim === undefined) {
          await this.release(model);
          throw new RequestError("memory-exhausted", `${quote(model.name)} takes ${mebibytes(bytes)} MiB; with what is at work ${mebibytes(used)} of ${mebibytes(this.options.capBytes)} MiB would be held`);
        }
        await this.release(victim);
        this.options.log.info({ event: "model-evicted", modelName: victim.name, version: victim.version, for: model.name });
      }
    });
    this.turn = step.catch(() => undefined);
    return step;
  }

  private leastRecentlyUsed(except: Model): Model | undefined {
    return [...this.models.values()]
      .filter((model) => model !== except && model.process !== undefined && model.inFlight === 0)
      .sort((a, b) => a.lastUsed - b.lastUsed)[0];
  }

  /** Out of memory: settles when the process has ended. */
  private async release(model: Model): Promise<void> {
    const { process } = model;
    model.process = undefined; // whoever asks from now on loads it again
    if (process !== undefined) await process.stop();
    model.bytes = 0;
  }

  private afterEnd(model: Model, process: ModelProcess): void {
    if (model.process !== process) return;
    this.options.log.error({ event: "model-exited", modelName: model.name, version: model.version });
    model.process = undefined;
    model.bytes = 0;
  }

  private usedBytes(): number {
    const own = heldBytes(process.pid) ?? 0;
    return [...this.models.values(), ...this.leaving].reduce((sum, model) => sum + this.measure(model), own);
  }

  private expected({ fileBytes }: Model): number {
    const measured = [...this.models.values()].flatMap((model) => (model.measuredBytes === undefined ? [] : [{ fileBytes: model.fileBytes, bytes: model.measuredBytes }]));
    return expectedBytes(fileBytes, measured);
  }

  /** A model grows with the requests that it answers, so it is asked anew each time. */
  private measure(model: Model): number {
    if (model.process !== undefined) model.bytes = model.process.heldBytes ?? model.bytes;
    return model.bytes;
  }

  private known(name: string): Model {
    const model = this.models.get(name);
    if (model === undefined) throw notLoaded(name);
    return model;
  }
}

const listed = ({ name, url }: Model): ListedModel => ({ modelName: name, modelUrl: url });
const quote = (name: string): string => JSON.stringify(name.slice(0, 100));
const notLoaded = (name: string): RequestError => new RequestError("model-not-loaded", `no model ${quote(name)} is loaded`);
