import type { StackOutputs } from "../../contract/outputs";
import type { ResolvedModel } from "../../planning/types";
import type { ObjectStore } from "../s3/store";
import { parseS3Uri } from "./places";

const NAME = "golden-examples";

/**
 * Puts the golden requests of each model that runs over files into its
 * schedule's input, where on AWS its owner's files lie: a run has something to
 * answer. What a model reads in another form than JSON gets none.
 */
export async function putExampleInput(objects: ObjectStore, { models: outputs }: StackOutputs, models: readonly ResolvedModel[]): Promise<void> {
  for (const { name, contract } of models) {
    const batch = outputs[name]?.serving.batch;
    if (batch === undefined) continue;
    const { ContentType, SplitType } = batch.job.TransformInput;
    const { bucket, key } = parseS3Uri(batch.inputUri);
    const requests = contract.examples.map(({ request }) => JSON.stringify(request));
    const put = (file: string, text: string) => objects.put({ bucket, key: `${key}${file}` }, Buffer.from(text), { contentType: ContentType });
    if (ContentType === "application/jsonlines" || (ContentType === "application/json" && SplitType === "Line")) await put(`${NAME}.jsonl`, requests.map((line) => `${line}\n`).join(""));
    else if (ContentType === "application/json") await Promise.all(requests.map((text, index) => put(`${NAME}-${index + 1}.json`, text)));
  }
}
