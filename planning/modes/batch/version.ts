import type { ResolvedModel } from "../../types";
import type { BatchServing } from "./schema";

/** The versions with the largest share of the traffic, by name: several where they are equal. */
export function heaviest(model: ResolvedModel): string[] {
  const most = Math.max(...model.traffic.map((share) => share.weight));
  return model.traffic.flatMap((share) => (share.weight === most ? [share.version] : [])).sort();
}

/** The version that answers a run. */
export const batchVersion = (model: ResolvedModel, serving: BatchServing): string => serving.version ?? heaviest(model)[0] ?? "";
