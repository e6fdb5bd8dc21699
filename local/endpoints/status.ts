/**
 * The life of an endpoint, as a table: status × event → next status. Whatever
 * is not in the table is not allowed.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html (EndpointStatus)
 */
export type EndpointStatus = "Creating" | "InService" | "OutOfService" | "Failed" | "Updating" | "RollingBack" | "Deleting";

export type EndpointEvent =
  /** The wanted fleet is healthy and has the traffic. */
  | "deployed"
  /** The wanted fleet did not become healthy. */
  | "failed"
  /** Nothing is wrong with the request, and this machine cannot serve it. */
  | "unservable"
  /** A new configuration, or new weights and capacities, was asked for. */
  | "update"
  | "delete"
  /** The fleet from before the update has the traffic again. */
  | "rolledBack"
  /** There was no fleet to go back to. */
  | "rolledBackToNothing";

const table: { readonly [Status in EndpointStatus]: { readonly [Event in EndpointEvent]?: EndpointStatus } } = {
  Creating: { deployed: "InService", failed: "Failed", unservable: "OutOfService" },
  InService: { update: "Updating", delete: "Deleting" },
  OutOfService: { update: "Updating", delete: "Deleting" },
  Failed: { delete: "Deleting" },
  Updating: { deployed: "InService", failed: "RollingBack", unservable: "RollingBack" },
  RollingBack: { rolledBack: "InService", rolledBackToNothing: "OutOfService" },
  Deleting: {},
};

/** The status after the event; undefined where the event is not allowed in this status. */
export function nextStatus(status: EndpointStatus, event: EndpointEvent): EndpointStatus | undefined {
  return table[status][event];
}

/** In these the service refuses every change: `Cannot update in-progress endpoint`. */
export const inProgress = (status: EndpointStatus): boolean =>
  status === "Creating" || status === "Updating" || status === "RollingBack" || status === "Deleting";

export const endpointStatuses = Object.keys(table) as EndpointStatus[];
