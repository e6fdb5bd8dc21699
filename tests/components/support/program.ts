import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { StackPlan } from "../../../contract/plan";
import { loadRegistry, planStack } from "../../../planning";
import { readRegistry } from "../../../registry/read";
import { readStackFacts } from "../../../registry/stack-facts";
import { record, type Recording } from "./record";

const load = createRequire(__filename);
export const repository = resolve(__dirname, "../../..");

/** index.ts of a project, run afresh as the Pulumi program of a stack. */
export function runProgram(project: string, stack: string, region = "us-east-1"): Promise<Recording> {
  const program = join(project, "index.ts");
  delete load.cache[load.resolve(program)];
  return record(() => ({ ...(load(program) as object) }), { "aws:region": region }, stack);
}

/** The plan that the program of a stack must build. */
export function planOf(project: string, stack: string): StackPlan {
  const { facts } = readStackFacts(project, stack);
  const { models } = loadRegistry(readRegistry(project), { environment: stack });
  const { plan, issues } = planStack(models, facts!);
  if (plan === undefined) throw new Error(`${stack} cannot be planned: ${JSON.stringify(issues)}`);
  return plan;
}
