import { RequestError } from "../failure";
import type { Inference, ModelRequest, Outcome } from "./runtime";

/** How requests are answered that are computed together. What is thrown as a RequestError is of that request alone. */
export interface Steps<Prepared, Computed> {
  /** Requests that are prepared at once, at least 1. */
  readonly preparedAtOnce: number;
  prepare(request: ModelRequest): Promise<Prepared> | Prepared;
  /** The network, over all that could be prepared: a result for each, in their order. */
  compute(prepared: readonly NoInfer<Prepared>[]): Promise<readonly Computed[]>;
  /** @param inferenceMs what `compute` took. */
  answer(computed: NoInfer<Computed>, prepared: NoInfer<Prepared>, request: ModelRequest, inferenceMs: number): Promise<Outcome> | Outcome;
}

/** Prepares each request, computes the good ones together, and answers each in its place. */
export async function together<Prepared extends object, Computed>(requests: readonly ModelRequest[], steps: Steps<Prepared, Computed>): Promise<Inference> {
  const prepared = await prepareAll(requests, steps);
  const good = prepared.filter((one): one is Prepared => !(one instanceof RequestError));
  const began = performance.now();
  const computed = good.length === 0 ? [] : await steps.compute(good);
  const inferenceMs = performance.now() - began;

  const outcomes: Outcome[] = [];
  let row = 0;
  for (const [place, one] of prepared.entries()) {
    if (one instanceof RequestError) outcomes.push(one);
    else outcomes.push(await refusalOr(() => steps.answer(computed[row++]!, one, requests[place]!, inferenceMs)));
  }
  return { outcomes, inferenceMs };
}

async function prepareAll<Prepared extends object>(requests: readonly ModelRequest[], { preparedAtOnce, prepare }: Pick<Steps<Prepared, unknown>, "prepare" | "preparedAtOnce">): Promise<(Prepared | RequestError)[]> {
  const prepared = new Array<Prepared | RequestError>(requests.length);
  const next = requests.entries();
  const work = async (): Promise<void> => {
    for (const [place, request] of next) prepared[place] = await refusalOr(() => prepare(request));
  };
  await Promise.all(Array.from({ length: Math.min(preparedAtOnce, requests.length) }, work));
  return prepared;
}

async function refusalOr<T>(step: () => Promise<T> | T): Promise<T | RequestError> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}
