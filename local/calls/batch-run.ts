import { runBatch } from "../../client/batch";
import type { Json } from "../../contract/json";
import type { ResolvedModel } from "../../planning/types";
import { howLong } from "./caller";
import { disagreement, told, type CallResult } from "./result";

/** Lines of the file that is answered: enough to see that it is a file. */
const LINES = 24;
const POLL_MS = 50;

/** Runs a model over a file of its golden requests, and holds every line of the answers against the contract. */
export function callBatch(model: ResolvedModel, url: string): Promise<CallResult> {
  const { examples, response } = model.contract;
  return told({ model: model.name, way: "batch", what: `a file of ${LINES} requests` }, async () => {
    const asked = Array.from({ length: LINES }, (_, index) => examples[index % examples.length]!);
    const started = performance.now();
    const requests = Buffer.from(asked.map(({ request }) => `${JSON.stringify(request)}\n`).join(""));
    const { answers = new Uint8Array(), jobName, outputUri } = await runBatch({ from: { local: url }, model: model.name, requests, wait: true, pollMs: POLL_MS });
    const lines = Buffer.from(answers).toString("utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Json);
    const wrong = lines.map((line, index) => disagreement(line, asked[index]?.response ?? {}, response)).findIndex((problem) => problem !== undefined);
    return {
      how: howLong(`${lines.length} answers by ${jobName}`, performance.now() - started),
      answer: outputUri,
      ...(lines.length !== LINES ? { problem: `${lines.length} answers to ${LINES} requests` } : wrong < 0 ? {} : { problem: `line ${wrong + 1}: ${disagreement(lines[wrong]!, asked[wrong]!.response, response)}` }),
    };
  });
}
