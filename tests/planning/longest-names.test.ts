import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { hasErrors } from "../../contract/issue";
import { loadRegistry, planStack } from "../../planning";
import { MAX_ENVIRONMENT_LENGTH, MAX_NAME_LENGTH, MAX_VERSION_LENGTH } from "../../planning/fields";
import { declaredModes } from "../../planning/modes";
import { namingRules, VARIANT_NAME_MAX_LENGTH } from "../../planning/naming";
import { regionNames } from "../../planning/regions";
import { allResources, facts, physicalNameOf } from "./support/resolved";

const contract = readFileSync(join(__dirname, "..", "descriptors", "rules", "contract.yaml"), "utf8");
const letters = (length: number) => fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789"), minLength: length - 1, maxLength: length - 1 }).map((rest) => `m${rest}`);
const region = fc.constantFrom(undefined, ...regionNames.filter((name) => /^(ap|eu|us)-/.test(name) && !name.startsWith("us-gov") && name !== "ap-east-2"));

/** A model of the longest legal name, version and stack, in one mode, with everything that can stand around it. */
function planOf(mode: (typeof declaredModes)[number], name: string, version: string, stack: string, place: string | undefined) {
  const serving = (parse(mode.example) as { serving?: object }).serving ?? (parse(mode.example) as object);
  const endpoint = !["batch", "beanstalk"].includes(mode.name);
  const descriptor = {
    name,
    description: "A model.",
    owner: "team",
    ...(place === undefined ? {} : { region: place }),
    runtime: "forecast",
    contract: "contracts/base.yaml",
    versions: { [version]: { artifact: "s3://example-models/v1/model.tar.gz", sha256: "8e6a4110c4bbb81cb3012a98c5634d4ec19908095d939526c8289b043a1efaed" } },
    traffic: { [version]: 100 },
    serving,
    ...(endpoint ? { fallback: { beanstalk: { instance: "m5.large" } } } : {}),
    environments: { [stack]: {} },
  };
  const files = { descriptors: [{ path: "registry/models/model.yaml", content: Buffer.from(stringify(descriptor)) }], contracts: [{ path: "registry/contracts/base.yaml", content: Buffer.from(contract) }] };
  const { models, issues } = loadRegistry(files, { environment: stack });
  const planned = planStack(models, { ...facts, stack });
  return { plan: planned.plan, errors: [...issues, ...planned.issues].filter((issue) => hasErrors([issue])) };
}

describe("the longest legal names", () => {
  for (const mode of declaredModes) {
    it(`fit every service, for ${mode.name}, in every region`, () => {
      fc.assert(
        fc.property(letters(MAX_NAME_LENGTH), letters(MAX_VERSION_LENGTH), letters(MAX_ENVIRONMENT_LENGTH), region, (name, version, stack, place) => {
          const { plan, errors } = planOf(mode, name, version, stack, place);
          assert.deepEqual(errors, []);
          let named = 0;
          for (const resource of allResources(plan!)) {
            const rule = namingRules[resource.type];
            const physical = physicalNameOf(resource);
            if (rule === null || physical === undefined) continue;
            assert.ok(physical.length <= rule.maxLength, `${resource.type} ${physical}`);
            assert.match(physical, rule.pattern);
            named += 1;
          }
          assert.ok(named > 3);
          for (const [, variant] of JSON.stringify(plan).matchAll(/"variantName":"([^"]+)"/g)) assert.ok(variant!.length <= VARIANT_NAME_MAX_LENGTH);
        }),
        { numRuns: 20 },
      );
    });
  }
});
