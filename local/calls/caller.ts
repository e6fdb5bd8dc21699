import { connect, type Answer, type CallOptions } from "../../client";
import type { Json } from "../../contract/json";
import type { ResolvedModel } from "../../planning/types";
import type { RunningStack } from "../stack";

type Client = { answer(request: unknown, options?: CallOptions): Promise<Answer<unknown>> };

/** A model of the running stack, as an application calls it. */
export interface Caller {
  readonly model: ResolvedModel;
  answer(request: Json, options?: CallOptions): Promise<Answer<Json>>;
}

/** Callers of all models, by name, through the client and the AWS SDK below it. */
export async function callers({ sagemaker, models }: RunningStack): Promise<ReadonlyMap<string, Caller>> {
  const connection = (await connect({ local: sagemaker.url, onContractMismatch: "ignore" })) as unknown as { readonly [name: string]: Client };
  return new Map(models.flatMap((model) => (connection[model.name] === undefined ? [] : [[model.name, { model, answer: (request, options) => connection[model.name]!.answer(request, options) as Promise<Answer<Json>> }]])));
}

/** `variant v4, 31 ms`. */
export const howLong = (who: string, milliseconds: number): string => `${who}, ${milliseconds >= 1_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds)} ms`}`;
