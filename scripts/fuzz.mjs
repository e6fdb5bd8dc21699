/**
 * The fuzz tests of the container with more requests than `npm test` has time for:
 *
 *   npm run fuzz -- [--requests 100000] [--seed 20261125] [--write]
 *
 * `--write` puts what came of it into bench/results/fuzz.json.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { requests: { type: "string", default: "100000" }, seed: { type: "string", default: "20261125" }, write: { type: "boolean", default: false } } });
for (const name of ["requests", "seed"]) {
  if (!/^[1-9]\d{0,8}$/.test(values[name])) {
    console.error(`--${name} ${values[name]}: write a whole number above 0`);
    process.exit(64);
  }
}
const mocha = join(dirname(createRequire(import.meta.url).resolve("mocha/package.json")), "bin/mocha.js");
const { status } = spawnSync(process.execPath, [mocha, "tests/container/fuzz/fuzz.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FUZZ_REQUESTS: values.requests, FUZZ_SEED: values.seed, ...(values.write ? { FUZZ_REPORT: join(root, "bench/results/fuzz.json") } : {}) },
});
process.exit(status ?? 1);
