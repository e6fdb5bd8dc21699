import { logicalName } from "../naming";
import { SHARED } from "../shared";
import type { StackFacts } from "../types";

/** Who may speak to whom: one security group for each. */
export type GroupName = "endpoints" | "instances" | "internal-balancer" | "models" | "public-balancer";

const named = (_facts: StackFacts, ...parts: readonly string[]): string => logicalName(SHARED, ...parts);

/** Logical names of a region's network. */
export const networkNames = {
  vpc: (facts: StackFacts): string => named(facts, "network"),
  group: (facts: StackFacts, group: GroupName): string => named(facts, `${group}-group`),
  /** A rule of a group, by what it is about. */
  rule: (facts: StackFacts, group: GroupName, about: string): string => named(facts, `${group}-group`, about),
  /** @param service as in the name of its endpoint: `ecr.api`. */
  endpoint: (facts: StackFacts, service: string): string => named(facts, "endpoint", service.replaceAll(".", "-")),
} as const;
