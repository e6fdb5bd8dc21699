import { sagemakerArn, type SageMakerResource } from "../account";
import type { Queues } from "../async/queues";
import type { CaptureLog } from "../endpoints/capture";
import { Endpoint } from "../endpoints/endpoint";
import type { ContainerHost } from "../endpoints/fleet";
import { AlarmBook } from "../metrics/alarms";
import type { MetricsBook } from "../metrics/book";
import type { TransformJobs } from "../transform/jobs";
import type { EndpointConfig, Store } from "./store";

/** What the operations of one region work on. */
export class ControlContext {
  readonly endpoints = new Map<string, Endpoint>();
  /** The queues before endpoints with an AsyncInferenceConfig; without it there are none. */
  queues: Queues | undefined;
  /** Where copies of requests are kept; without it there are none. */
  captures: CaptureLog | undefined;
  /** Jobs over whole files; without it there are none. */
  transforms: TransformJobs | undefined;
  /** Whether another region of this machine has an endpoint of that name; without it there is no other. */
  isTakenElsewhere: (endpointName: string) => boolean = () => false;
  readonly alarms: AlarmBook;

  constructor(
    readonly region: string,
    readonly store: Store,
    private readonly host: ContainerHost,
    private readonly metrics: MetricsBook,
    readonly now: () => number = Date.now,
  ) {
    this.alarms = new AlarmBook(metrics, now);
  }

  arn(resource: SageMakerResource, name: string): string {
    return sagemakerArn(this.region, resource, name);
  }

  /** Timestamps of JSON 1.1 are seconds. */
  nowSeconds(): number {
    return this.now() / 1000;
  }

  createEndpoint(name: string, config: EndpointConfig): Endpoint {
    const endpoint = new Endpoint(name, config, { host: this.host, alarms: this.alarms, now: this.now });
    this.endpoints.set(name, endpoint);
    this.queues?.attach(endpoint);
    return endpoint;
  }

  deleteEndpoint(endpoint: Endpoint): void {
    endpoint.delete();
    void endpoint.settled.then(() => {
      this.queues?.detach(endpoint);
      if (this.endpoints.get(endpoint.name) === endpoint) this.endpoints.delete(endpoint.name);
      this.store.tags.delete(this.arn("endpoint", endpoint.name));
      this.metrics.forget(endpoint.name);
    });
  }
}
