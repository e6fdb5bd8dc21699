import type { Endpoint } from "../endpoints/endpoint";
import type { ControlContext } from "./context";

/** Where a request's signature says that it was sent: `Credential=<key>/<date>/<region>/<service>/aws4_request`. */
const CREDENTIAL_SCOPE = /Credential=[^/,\s]+\/\d{8}\/([a-z0-9-]+)\/[a-z0-9-]+\/aws4_request/;

/** Undefined for a request without a signature, such as curl's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export const signedRegion = (authorization: string | undefined): string | undefined => CREDENTIAL_SCOPE.exec(authorization ?? "")?.[1];

/**
 * The regions of this machine, on one address: each has models, configs,
 * endpoints and jobs of its own, and a call reaches those of the region that it
 * was signed for, as on AWS. Unlike there, an endpoint's name is taken in all
 * of them at once: queues and metrics know it by that alone.
 */
export class Regions {
  private readonly contexts = new Map<string, ControlContext>();

  /** @param make the context of a region, when it is first asked for. */
  constructor(
    readonly home: string,
    private readonly make: (region: string) => ControlContext,
  ) {}

  in(region = this.home): ControlContext {
    const context = this.contexts.get(region) ?? this.make(region);
    this.contexts.set(region, context);
    return context;
  }

  /** Every region that something was asked of. */
  get all(): readonly ControlContext[] {
    return [...this.contexts.values()];
  }

  get endpoints(): readonly Endpoint[] {
    return this.all.flatMap(({ endpoints }) => [...endpoints.values()]);
  }

  /** An endpoint by its name, wherever it is. */
  get(endpointName: string): Endpoint | undefined {
    return this.all.map(({ endpoints }) => endpoints.get(endpointName)).find((endpoint) => endpoint !== undefined);
  }

  /** Whose request it is: the region that it was signed for; without a signature where the endpoint is that it names, else the stack's own. */
  of(authorization: string | undefined, endpointName?: string): ControlContext {
    const unsigned = endpointName === undefined ? undefined : this.all.find(({ endpoints }) => endpoints.has(endpointName));
    const region = signedRegion(authorization);
    return region === undefined ? (unsigned ?? this.in()) : this.in(region);
  }
}
