/** Typed calls to the models of a stack: `import { connect } from "slipway/client"`. */
export { connect, type Connection, type ConnectOptions, type Contracts, type ModelClient } from "./connect";
export type { AsyncHandle } from "./async-handle";
export type { Answer, CallOptions } from "./call";
export { SlipwayError } from "./error";
export type { FailoverOptions } from "./failover";
export type { Streamed } from "./stream";
export type { TokenProvider } from "./token";
export type { ServedBy } from "./transport";
export type { ClientErrorCode } from "../contract/errors";
export type { AsyncOutputs, EndpointOutputs, EnvironmentOutputs, ModelOutputs, StackOutputs } from "../contract/outputs";
export * from "./models.gen";
