// Bundles the container: dist/serve.cjs (HTTP, main thread), dist/worker.cjs (the
// model's thread) and what that starts or loads when it needs it. Native packages stay outside and are found in
// node_modules; with `--standalone <folder>` they are copied beside the bundle,
// without the files of other platforms, and the folder runs anywhere.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** Packages that cannot be bundled: they load a shared library by its path. */
const nativePackages = ["onnxruntime-node", "faiss-node", "sharp"];

/** Files that are started or loaded on their own, by their place under `src`. */
const entries = ["serve", "worker", "backends/exact-helper", "backends/faiss-child", "backends/s3-reader"];

/**
 * @param {{ outdir?: string }} [options] where to write; `container/dist` by default.
 * @returns {Promise<{ serve: string, worker: string }>} paths of the two files.
 */
export async function buildContainer({ outdir = join(here, "dist") } = {}) {
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => ({ in: join(here, `src/${entry}.ts`), out: basename(entry) })),
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    write: false,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    external: nativePackages,
    tsconfigRaw: { compilerOptions: { strict: true } }, // the image is built where there is no tsconfig.json: the same bytes both times
    minifySyntax: true,
    minifyWhitespace: true, // names stay, so that a stack trace can be read
    legalComments: "none",
    logLevel: "silent",
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  return { serve: join(outdir, "serve.cjs"), worker: join(outdir, "worker.cjs") };
}

/** The bundle and the native packages it needs here: a folder to copy into an image. */
export async function buildStandalone(outdir) {
  const files = await buildContainer({ outdir });
  const filter = (path) => !/\.(map|d\.ts)$/.test(path);
  for (const { from, to } of nativeFiles()) cpSync(from, join(outdir, "node_modules", to), { recursive: true, dereference: true, filter });
  return files;
}

/** What the native packages need to run on this platform: a sixth of their tarballs. */
function nativeFiles() {
  const container = createRequire(join(here, "package.json"));
  const runtime = packageFolder(container, "onnxruntime-node");
  const sharp = packageFolder(container, "sharp");
  const binary = `bin/napi-v6/${process.platform}/${process.arch}`;
  const parts = (from, to, paths) => paths.map((path) => ({ from: join(from, path), to: join(to, path) }));
  const whole = (parent, name) => ({ from: packageFolder(createRequire(join(parent, "package.json")), name), to: name });
  const platform = platformPackages(sharp);
  return [
    ...parts(runtime, "onnxruntime-node", ["package.json", "dist", binary]),
    ...parts(packageFolder(createRequire(join(runtime, "package.json")), "onnxruntime-common"), "onnxruntime-common", ["package.json", "dist/cjs"]),
    ...parts(sharp, "sharp", ["package.json", "dist", "lib"]),
    ...["detect-libc", "semver", "@img/colour"].map((name) => whole(sharp, name)),
    ...platform,
    ...faissFiles(container, parts, whole),
  ];
}

/** The addon is built by `npm run setup`; without it an index that is not flat is refused. */
function faissFiles(container, parts, whole) {
  const faiss = packageFolder(container, "faiss-node");
  const addon = "build/Release/faiss-node.node";
  if (!existsSync(join(faiss, addon))) return [];
  const bindings = whole(faiss, "bindings");
  return [...parts(faiss, "faiss-node", ["package.json", "lib", addon]), bindings, whole(bindings.from, "file-uri-to-path")];
}

/** sharp's addon and libvips come as packages of their own, one of each for a platform; npm installs those of this one. */
function platformPackages(sharp) {
  const scope = join(dirname(sharp), "@img");
  return readdirSync(scope)
    .filter((name) => /^sharp-.*(?:linux|darwin|win32)/.test(name))
    .map((name) => ({ from: realpathSync(join(scope, name)), to: join("@img", name) }));
}

/** Without `package.json` among a package's exports, its folder is found from its main file upwards. */
function packageFolder(require, name) {
  for (let folder = dirname(realpathSync(require.resolve(name))); ; folder = dirname(folder)) {
    try {
      if (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name === name) return folder;
    } catch {
      if (folder === dirname(folder)) throw new Error(`the package ${name} is not installed`);
    }
  }
}

/** A process that starts meanwhile reads the old file or the new one. */
function writeWhole(path, contents) {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const standalone = process.argv.indexOf("--standalone");
  const building = standalone > 0 ? buildStandalone(resolve(process.argv[standalone + 1])) : buildContainer();
  building.then((files) => console.log(Object.values(files).join("\n")));
}
