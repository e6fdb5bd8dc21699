import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = join(__dirname, "../..");

/** The script in an installation of its own, with a faiss-node that loads once `build/addon` is there. */
describe("ensure-faiss", () => {
  let root: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "slipway-ensure-"));
    mkdirSync(join(root, "scripts"));
    copyFileSync(join(repository, "scripts/ensure-faiss.mjs"), join(root, "scripts/ensure-faiss.mjs"));
    write("container/package.json", "{}");
    write("node_modules/faiss-node/package.json", '{ "main": "index.js" }');
    write("node_modules/faiss-node/index.js", `require("node:fs").accessSync(__dirname + "/build/addon"); exports.IndexFlatIP = class { add() {} search() { return { labels: [1] }; } };`);
    write("node_modules/prebuild-install/package.json", "{}");
    prebuilt("process.exit(1)");
    source("exit 3");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const prebuilt = (script: string): void => write("node_modules/prebuild-install/bin.js", `require("node:fs").appendFileSync(${JSON.stringify(join(root, "tries"))}, "prebuilt "); ${script}`);
  const source = (script: string): void => write("scripts/build-faiss.sh", `printf 'source ' >>"${root}/tries"\n${script}\n`);
  const builds = 'mkdir -p "$1/build" && touch "$1/build/addon"';
  /** Exit code, what was tried, what was said. */
  const run = (flag?: string, environment: NodeJS.ProcessEnv = {}): readonly [number | null, string, string] => {
    rmSync(join(root, "tries"), { force: true });
    const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/ensure-faiss.mjs"), ...(flag === undefined ? [] : [flag])], { encoding: "utf8", env: { ...process.env, FAISS_BUILD: "", ...environment } });
    return [status, existsSync(join(root, "tries")) ? readFileSync(join(root, "tries"), "utf8").trim() : "", stdout];
  };

  it("tries nothing and says nothing before a start where the addon loads", () => {
    write("node_modules/faiss-node/build/addon", "");
    assert.deepEqual(run("--once"), [0, "", ""]);
    assert.deepEqual(run(), [0, "", "faiss: loads\n"]);
  });

  it("takes the prebuilt binary, and builds where there is none or it does not load", () => {
    prebuilt(`require("node:fs").cpSync(__filename, ${JSON.stringify(join(root, "node_modules/faiss-node/build/addon"))})`);
    assert.deepEqual(run().slice(0, 2), [0, "prebuilt"]);
    rmSync(join(root, "node_modules/faiss-node/build"), { recursive: true });
    prebuilt("");
    source(builds);
    assert.deepEqual(run().slice(0, 2), [0, "prebuilt source"]);
    rmSync(join(root, "node_modules/faiss-node/build"), { recursive: true });
    assert.deepEqual(run(undefined, { FAISS_BUILD: "source" }).slice(0, 2), [0, "source"]);
  });

  it("stands in no start's way, and tries once for an installation; asked by name it tries again and fails", () => {
    const [status, tried, said] = run("--once");
    assert.deepEqual([status, tried], [0, "prebuilt source"]);
    assert.match(said, /run `npm run setup` again \(optional/);
    assert.deepEqual(run("--once"), [0, "", ""]);
    assert.deepEqual(run("--optional").slice(0, 2), [0, "prebuilt source"]);
    assert.deepEqual(run().slice(0, 2), [1, "prebuilt source"]);
  });

  it("runs before the two commands of the README", () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: Record<string, string> };
    for (const name of ["start", "test"]) assert.match(scripts[name]!, /^node scripts\/ensure-faiss\.mjs --once && /);
  });
});
