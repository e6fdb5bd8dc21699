/** Upper bounds of the latency histogram. Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** Routes that look at the server and are not its work. */
const LOOKING_ON = ["/ping", "/health", "/api/health", "/metrics"];

interface Series {
  requests: number;
  readonly route: string;
  readonly status: number;
}

/** Counts requests and how long they took, since the process started. */
export class Meter {
  private readonly series = new Map<string, Series>();
  /** Requests at most as long as the bound of their place; the last is every one. */
  private readonly buckets = new Array<number>(BUCKETS.length + 1).fill(0);
  private seconds = 0;

  /** @param milliseconds from the first byte of the request to the last of the answer. */
  count(route: string, status: number, milliseconds: number): void {
    const key = `${route} ${status}`;
    const series = this.series.get(key) ?? { requests: 0, route, status };
    series.requests += 1;
    this.series.set(key, series);
    if (LOOKING_ON.includes(route)) return;
    const seconds = milliseconds / 1000;
    this.seconds += seconds;
    const first = BUCKETS.findIndex((bound) => seconds <= bound);
    for (let place = first < 0 ? BUCKETS.length : first; place <= BUCKETS.length; place += 1) this.buckets[place]! += 1;
  }

  /** The two figures of the seed's own metrics. */
  summary(): { readonly total_invocations: number; readonly avg_latency_ms: number | null } {
    const total = this.buckets.at(-1)!;
    return { total_invocations: total, avg_latency_ms: total === 0 ? null : Math.round((this.seconds / total) * 1e5) / 100 };
  }

  /**
   * Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
   *
   * @param load requests that wait, and that are computed now.
   */
  exposition(labels: { readonly [name: string]: string }, load: { readonly waiting: number; readonly computing: number }): string {
    const common = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
    const line = (name: string, own: readonly string[], value: number): string => `${name}{${[...common, ...own].join(",")}} ${value}`;
    const bounds = [...BUCKETS.map(String), "+Inf"];
    return [
      "# HELP slipway_http_requests_total Requests answered, by route and status.",
      "# TYPE slipway_http_requests_total counter",
      ...[...this.series.values()].map(({ route, status, requests }) => line("slipway_http_requests_total", [`route="${escape(route)}"`, `status="${status}"`], requests)),
      "# HELP slipway_requests_waiting Requests that wait for the model.",
      "# TYPE slipway_requests_waiting gauge",
      line("slipway_requests_waiting", [], load.waiting),
      "# HELP slipway_requests_computing Requests that are computed now, together.",
      "# TYPE slipway_requests_computing gauge",
      line("slipway_requests_computing", [], load.computing),
      "# HELP slipway_inference_duration_seconds From the first byte of a request that asks the model to the last of its answer.",
      "# TYPE slipway_inference_duration_seconds histogram",
      ...this.buckets.map((count, place) => line("slipway_inference_duration_seconds_bucket", [`le="${bounds[place]!}"`], count)),
      line("slipway_inference_duration_seconds_sum", [], this.seconds),
      line("slipway_inference_duration_seconds_count", [], this.buckets.at(-1)!),
      "",
    ].join("\n");
  }
}

const escape = (value: string): string => value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
