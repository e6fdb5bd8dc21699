import { record, type Sample, type Window } from "./window";

/** The windows of every variant, and totals since the start. The only mutable room of the metrics. */
export class MetricsBook {
  private readonly windows = new Map<string, Map<string, Window>>();
  private readonly totals = new Map<string, { invocations: number; errors4xx: number; errors5xx: number }>();

  record(endpoint: string, variant: string, sample: Sample): void {
    const variants = this.windows.get(endpoint) ?? new Map<string, Window>();
    this.windows.set(endpoint, variants.set(variant, record(variants.get(variant) ?? [], sample)));
    const key = `${endpoint}/${variant}`;
    const total = this.totals.get(key) ?? { invocations: 0, errors4xx: 0, errors5xx: 0 };
    total.invocations += 1;
    if (sample.status >= 400 && sample.status < 500) total.errors4xx += 1;
    if (sample.status >= 500 || sample.status === 0) total.errors5xx += 1;
    this.totals.set(key, total);
  }

  /** Of one variant, or of all variants of an endpoint. */
  of(endpoint: string, variant?: string): readonly Window[] {
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
    for (const key of this.totals.keys()) if (key.startsWith(`${endpoint}/`)) this.totals.delete(key);
  }
}
