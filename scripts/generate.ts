import { join } from "node:path";
import { alarmsReference } from "./generate/alarms-reference";
import { cliReference } from "./generate/cli-reference";
import { clientTypesFile } from "./generate/client-types";
import { descriptorReference } from "./generate/descriptor-reference";
import { descriptorSchemaFile } from "./generate/descriptor-schema";
import { descriptorTypesFile } from "./generate/descriptor-types";
import { errorsReference } from "./generate/errors-reference";
import { goldenPlan, goldenStacks } from "./generate/golden-plans";
import { instancesReference, limitsReference, metricsReference, pricesReference } from "./generate/planning-reference";
import type { Producer } from "./generate/producer";
import { rulesReference } from "./generate/rules-reference";
import { regenerate } from "./generate/regenerate";

/** Every generated file. All are checked in, so that a checkout works as it is and a review sees what changes. */
const producers: readonly Producer[] = [
  { path: "client/models.gen.ts", produce: clientTypesFile },
  { path: "contract/descriptor.gen.ts", produce: descriptorTypesFile },
  { path: "docs/reference/alarms.md", produce: alarmsReference },
  { path: "docs/reference/cli.md", produce: cliReference },
  { path: "docs/reference/descriptor.md", produce: descriptorReference },
  { path: "docs/reference/errors.md", produce: errorsReference },
  { path: "docs/reference/instances.md", produce: instancesReference },
  { path: "docs/reference/limits.md", produce: limitsReference },
  { path: "docs/reference/metrics.md", produce: metricsReference },
  { path: "docs/reference/prices.md", produce: pricesReference },
  { path: "docs/reference/rules.md", produce: rulesReference },
  { path: "registry/model.schema.json", produce: descriptorSchemaFile },
  ...goldenStacks.map((stack) => ({ path: `tests/golden/${stack}.plan.json`, produce: () => goldenPlan(stack) })),
];

const root = join(__dirname, "..");

/** `npm run generate` writes what differs; with `--check` it names what differs, writes nothing and fails. */
async function main(): Promise<void> {
  const isCheck = process.argv.includes("--check");
  const stale = await regenerate(root, producers, { isCheck });
  if (!isCheck) console.log(stale.length === 0 ? "nothing changed" : `written: ${stale.join(", ")}`);
  else if (stale.length > 0) {
    console.error(`not as generated: ${stale.join(", ")}\nrun: npm run generate`);
    process.exitCode = 1;
  }
}

void main();
