import { join, ref, type PlannedResource, type ResourceInputs } from "../../contract/resources";
import { tagsOf } from "../shared";
import type { ResolvedModel, StackFacts } from "../types";
import type { PlannedEndpoint } from "./endpoint";

/** What of a variant is scaled, and between which counts. */
export interface ScalableTarget {
  /** Logical name: what its policies refer to. */
  readonly name: string;
  readonly model: ResolvedModel;
  readonly facts: StackFacts;
  readonly endpoint: PlannedEndpoint;
  /** As SageMaker knows it. */
  readonly variant: string;
  readonly dimension: ResourceInputs["aws:appautoscaling/target:Target"]["scalableDimension"];
  readonly min: number;
  readonly max: number;
}

/** Registers a variant with Application Auto Scaling; the policies of a mode stand on it. */
export const planScalableTarget = ({ name, model, facts, endpoint, variant, dimension, min, max }: ScalableTarget): PlannedResource => ({
  type: "aws:appautoscaling/target:Target",
  name,
  parent: model.name,
  inputs: {
    serviceNamespace: "sagemaker",
    scalableDimension: dimension,
    // An output of the endpoint: the variant exists only once the endpoint is in service.
    resourceId: join("endpoint/", ref(endpoint.endpoint, "name"), `/variant/${variant}`),
    minCapacity: min,
    maxCapacity: max,
    tags: tagsOf(facts, model),
  },
});
