export interface ContainerFiles {
  /** The entry point: `node serve.cjs serve`. */
  readonly serve: string;
  /** The inference thread, beside it. */
  readonly worker: string;
}

/** Bundles the container into `outdir`, `container/dist` by default. Under a second. */
export function buildContainer(options?: { readonly outdir?: string }): Promise<ContainerFiles>;

/** The same with the native packages beside it: a folder that runs anywhere. */
export function buildStandalone(outdir: string): Promise<ContainerFiles>;
