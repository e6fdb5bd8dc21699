/**
 * Every part of docs/performance.md, one after another, and the page.
 *
 *     npm run bench [-- --quick]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

for (const name of ["embedding", "saturation", "recommend", "start", "search", "preprocess", "report"]) {
  const began = performance.now();
  console.error(`\n${name}`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", join(__dirname, `${name}.ts`), ...process.argv.slice(2)], { stdio: ["ignore", "inherit", "inherit"], cwd: join(__dirname, "..") });
  if (status !== 0) throw new Error(`bench/${name}.ts ended with ${status}`);
  console.error(`${Math.round((performance.now() - began) / 1000)} s`);
}
