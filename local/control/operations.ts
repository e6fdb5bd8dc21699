import { assertShape } from "./constraints";
import type { ControlContext } from "./context";
import { createEndpointConfig, deleteEndpointConfig, describeEndpointConfig, listEndpointConfigs } from "./endpoint-configs";
import { createEndpoint, deleteEndpoint, describeEndpoint, listEndpoints, updateEndpoint, updateWeightsAndCapacities } from "./endpoints";
import { ControlPlaneError } from "./errors";
import { createModel, deleteModel, describeModel, listModels } from "./models";
import { inputs, type OperationName } from "./shapes";
import { addTags, deleteTags, listTags } from "./tags";
import { createTransformJob, describeTransformJob, listTransformJobs, stopTransformJob } from "./transform-jobs";

// An operation gets its input only after `assertShape` held it against the
// shape of the same name, so each may state the type it relies on.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Operation = (context: ControlContext, input: any) => object | void;

const operations: { readonly [Name in OperationName]: Operation } = {
  AddTags: addTags,
  CreateEndpoint: createEndpoint,
  CreateEndpointConfig: createEndpointConfig,
  CreateModel: createModel,
  CreateTransformJob: createTransformJob,
  DeleteEndpoint: deleteEndpoint,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteModel: deleteModel,
  DeleteTags: deleteTags,
  DescribeEndpoint: describeEndpoint,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeModel: describeModel,
  DescribeTransformJob: describeTransformJob,
  ListEndpointConfigs: listEndpointConfigs,
  ListEndpoints: listEndpoints,
  ListModels: listModels,
  ListTags: listTags,
  ListTransformJobs: listTransformJobs,
  StopTransformJob: stopTransformJob,
  UpdateEndpoint: updateEndpoint,
  UpdateEndpointWeightsAndCapacities: updateWeightsAndCapacities,
};

/** One call of the control plane. Undefined: the operation answers with an empty body. */
export function callOperation(context: ControlContext, name: string, input: unknown): object | undefined {
  if (!isOperation(name)) {
    throw new ControlPlaneError(
      "UnknownOperationException",
      `${name || "(no operation)"} is not part of the SageMaker that runs on this machine. It has: ${Object.keys(operations).join(", ")}.`,
    );
  }
  assertShape(inputs[name], input);
  return operations[name](context, input) ?? undefined;
}

const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);
