import { DescribeEndpointCommand, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { setTimeout as sleep } from "node:timers/promises";
import { howLong, type Caller } from "./caller";
import { disagreement, told, type CallResult } from "./result";

const LOOK_MS = 50;

/** Waits until an endpoint behind a queue has no instance left, and calls it: the request wakes one. */
export function callFromZero({ model, answer }: Caller, control: SageMakerClient, EndpointName: string): Promise<CallResult> {
  const [example] = model.contract.examples;
  return told({ model: model.name, way: "async", what: `${example!.name}, from zero instances` }, async () => {
    const instances = async (): Promise<number> => {
      const { ProductionVariants = [] } = await control.send(new DescribeEndpointCommand({ EndpointName }));
      return ProductionVariants.reduce((sum, { CurrentInstanceCount = 0 }) => sum + CurrentInstanceCount, 0);
    };
    while ((await instances()) > 0) await sleep(LOOK_MS);
    const { response, durationMs } = await answer(example!.request);
    const awake = await instances();
    return {
      how: howLong(`woken to ${awake} ${awake === 1 ? "instance" : "instances"}`, durationMs),
      problem: disagreement(response, example!.response, model.contract.response),
    };
  });
}
