import { DeleteEndpointCommand, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { howLong, type Caller } from "./caller";
import { disagreement, told, type CallResult } from "./result";

/** Takes a model's endpoint away and calls the model as before: the client goes to its fallback, with the token from its secret. */
export function callWithoutEndpoint({ model, answer }: Caller, control: SageMakerClient, EndpointName: string): Promise<CallResult> {
  const [example] = model.contract.examples;
  return told({ model: model.name, way: "fallback", what: `${example!.name}, its endpoint deleted` }, async () => {
    await control.send(new DeleteEndpointCommand({ EndpointName }));
    const { response, servedBy, durationMs } = await answer(example!.request);
    return {
      how: howLong(`by its ${servedBy}`, durationMs),
      problem: servedBy === "fallback" ? disagreement(response, example!.response, model.contract.response) : `it was answered by its ${servedBy}`,
    };
  });
}
