import { record, type Sample, type Window } from "./window";

/** The windows of every variant, and totals since the start. The only mutable room of the metrics. */
export class MetricsBook {
  private readonly windows = new Map<string, Map<string, Window>>();
  /** The same by endpoint config: `EndpointConfigName` is a dimension of its own. */
  private readonly byConfig = new Map<string, Map<string, Window>>();
  private readonly totals = new Map<string, { invocations: number; errors4xx: number; errors5xx: number }>();

  /** Messages that lie in a queue, by its name; undefined where this machine has no such queue. */
  queueDepth: (queue: string) => number | undefined = () => undefined;

  record(endpoint: string, variant: string, sample: Sample, config?: string): void {
    for (const [books, key] of [[this.windows, variant], ...(config === undefined ? [] : [[this.byConfig, inConfig(config, variant)] as const])] as const) {
      const variants = books.get(endpoint) ?? new Map<string, Window>();
      books.set(endpoint, variants.set(key, record(variants.get(key) ?? [], sample)));
    }
    const key = `${endpoint}/${variant}`;
    const total = this.totals.get(key) ?? { invocations: 0, errors4xx: 0, errors5xx: 0 };
    total.invocations += 1;
    if (sample.status >= 400 && sample.status < 500) total.errors4xx += 1;
    if (sample.status >= 500 || sample.status === 0) total.errors5xx += 1;
    this.totals.set(key, total);
  }

  /** Of one variant, or of all variants of an endpoint; under one config alone where it is named with the variant. */
  of(endpoint: string, variant?: string, config?: string): readonly Window[] {
    if (variant !== undefined && config !== undefined) {
      const window = this.byConfig.get(endpoint)?.get(inConfig(config, variant));
      return window ? [window] : [];
    }
    const variants = this.windows.get(endpoint);
    if (!variants) return [];
    if (variant === undefined) return [...variants.values()];
    const window = variants.get(variant);
    return window ? [window] : [];
  }

  total(endpoint: string, variant: string): { readonly invocations: number; readonly errors4xx: number; readonly errors5xx: number } {
    return this.totals.get(`${endpoint}/${variant}`) ?? { invocations: 0, errors4xx: 0, errors5xx: 0 };
  }

  /** A deleted endpoint's past does not belong to the next one of that name. */
  forget(endpoint: string): void {
    this.windows.delete(endpoint);
    this.byConfig.delete(endpoint);
    for (const key of this.totals.keys()) if (key.startsWith(`${endpoint}/`)) this.totals.delete(key);
  }
}

const inConfig = (config: string, variant: string): string => `${config}/${variant}`;
