import { ref, type Marker, type PlannedResource } from "../contract/resources";
import { gpuCountOf } from "./instances";
import { placedValue } from "./places";
import { runtimes } from "./runtimes";
import { planImage, sharedNames } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/**
 * The machine image of GPU variants: NVIDIA's driver 580, newer than the CUDA 12 in our image. The default of an
 * endpoint is older and may know no CUDA 12 at all
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html,
 * https://docs.aws.amazon.com/sagemaker/latest/dg/inference-gpu-drivers.html).
 */
export const GPU_MACHINE_IMAGE = "al2023-ami-sagemaker-inference-gpu-4-1";

/** Whether our container would compute on the GPUs of the type. Other accelerators it cannot use. */
export const computesOnGpu = ({ runtime }: Pick<ResolvedModel, "runtime">, instanceType: string | undefined): boolean =>
  runtime !== null && runtimes[runtime].gpu && instanceType !== undefined && gpuCountOf(instanceType) > 0;

/** What a model runs on instances of a type: its owner's image, or ours for the processor or the GPU. */
export const imageOf = (model: ResolvedModel, instanceType?: string): string | Marker =>
  model.container?.image ?? ref(computesOnGpu(model, instanceType) ? sharedNames.gpuImage : sharedNames.image, "imageUri");

/**
 * The images of ours in a region, the GPU's only where a model there runs it: it is gigabytes.
 * @param planned what the models of the region are.
 */
export function planImages(facts: StackFacts, planned: readonly PlannedResource[]): PlannedResource[] {
  const wanted = JSON.stringify(placedValue(ref(sharedNames.gpuImage, "imageUri"), facts));
  const isWanted = planned.some((resource) => resource.type === "aws:sagemaker/model:Model" && JSON.stringify(resource.inputs.primaryContainer).includes(wanted));
  return planImage(facts).flatMap((resource) => (isWanted && resource.type === "awsx:ecr:Image" ? [resource, forGpu(resource)] : [resource]));
}

/** After the other, whose first stage it begins with: the builder has that in its cache then. */
function forGpu(image: Extract<PlannedResource, { type: "awsx:ecr:Image" }>): PlannedResource {
  return { ...image, name: sharedNames.gpuImage, inputs: { ...image.inputs, target: "gpu", imageTag: `${String(image.inputs.imageTag)}-gpu` }, dependsOn: [image.name] };
}
