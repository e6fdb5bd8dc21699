/**
 * Makes `require("faiss-node")` work: `npm run setup`, and the first `npm start` or `npm test` of an installation.
 * The first of these that does:
 *
 *   1. the addon is there and loads;
 *   2. the prebuilt binary of faiss-node's GitHub release;
 *   3. a build of the package's own source against the system's FAISS (scripts/build-faiss.sh).
 *
 * The package's install script would do 2 and then clone FAISS with git, and where it cannot it makes
 * `npm ci` fail: `.npmrc` keeps it from running, so this is called by name.
 *
 *   --optional            exit 0 even where none works: flat indexes need no FAISS.
 *   --once                as --optional, and once for an installation and a version of Node: what came out is noted
 *                         beside the package, and the next call does nothing.
 *   FAISS_BUILD=source    skip 2: the build that errors cannot abort (see build-faiss.sh); for images and CI.
 *   FAISS_BUILD=skip      do nothing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const once = process.argv.includes("--once");
const optional = once || process.argv.includes("--optional");
/** Longer than the download takes; shorter than anybody waits for a first start behind a wall. */
const DOWNLOAD_LIMIT_MS = once ? 20_000 : 120_000;

const say = (message) => console.log(`faiss: ${message}`);
const give = (message) => {
  say(optional ? `${message} (optional: flat indexes are searched without it)` : message);
  process.exit(optional ? 0 : 1);
};

function main() {
  if (process.env.FAISS_BUILD === "skip") return;
  const folder = packageFolder();
  if (folder === undefined) return give("faiss-node is not installed; run `npm ci` first");
  if (once && wasTried(folder)) return;
  note(folder);
  if (loads(folder).status === 0) return once ? undefined : say("loads");

  if (process.env.FAISS_BUILD !== "source") {
    clean(folder);
    if (fetchPrebuilt(folder)) {
      const loaded = loads(folder);
      if (loaded.status === 0) return say("using the prebuilt binary");
      say(`the prebuilt binary does not load: ${reason(loaded)}`);
    } else {
      say("no prebuilt binary to be had; building from source");
    }
  }

  clean(folder);
  const built = spawnSync("sh", [join(root, "scripts/build-faiss.sh"), folder], { cwd: root, stdio: "inherit" });
  if (built.status !== 0) return give("no addon: install g++, libfaiss-dev and libopenblas-dev, and run `npm run setup` again");
  const loaded = loads(folder);
  if (loaded.status === 0) return say("built from source against the system's FAISS");
  clean(folder);
  give(`built, but it does not load: ${reason(loaded)}`);
}

function packageFolder() {
  try {
    return dirname(createRequire(join(root, "container/package.json")).resolve("faiss-node/package.json"));
  } catch {
    return undefined;
  }
}

/** In a process of its own: a binary that crashes while it loads cannot take this script along. */
function loads(folder) {
  const probe = `
    const { IndexFlatIP } = require(${JSON.stringify(folder)});
    const index = new IndexFlatIP(2);
    index.add([1, 0, 0, 1]);
    if (index.search([0, 1], 1).labels[0] !== 1) throw new Error("it finds the wrong neighbour");`;
  return spawnSync(process.execPath, ["-e", probe], { encoding: "utf8" });
}

function fetchPrebuilt(folder) {
  const installer = createRequire(join(folder, "package.json")).resolve("prebuild-install/bin.js");
  return spawnSync(process.execPath, [installer, "--runtime", "napi"], { cwd: folder, encoding: "utf8", timeout: DOWNLOAD_LIMIT_MS }).status === 0;
}

/** In the package's folder, which `npm ci` makes anew. */
const noteFile = (folder) => join(folder, ".tried");
const versions = () => `${process.version} ${process.platform}-${process.arch}\n`;
const wasTried = (folder) => existsSync(noteFile(folder)) && readFileSync(noteFile(folder), "utf8") === versions();

/** Before the trying: one that is broken off is not begun again by itself. */
function note(folder) {
  try {
    writeFileSync(noteFile(folder), versions());
  } catch {
    // Another's installation, perhaps: then each start looks.
  }
}

const clean = (folder) => rmSync(join(folder, "build"), { recursive: true, force: true });
const reason = ({ stderr, status, signal }) => stderr.split("\n").find((line) => /Error/.test(line))?.trim() ?? `exit code ${status ?? signal}`;

main();
