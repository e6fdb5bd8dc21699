import { join } from "node:path";

/** A file that runs in a thread or process of its own, and how Node starts it. */
export interface ThreadFile {
  readonly file: string;
  readonly execArgv: readonly string[];
}

/**
 * The entry of this folder by its name: beside the bundle as `<name>.cjs` (container/build.mjs
 * makes it), or its TypeScript where the sources run as they are. (`tsx/cjs`, because Node 20 does
 * not apply `--import tsx` to the first file of a thread.)
 */
export function threadFile(name: "exact-helper" | "faiss-child"): ThreadFile {
  return __filename.endsWith(".ts")
    ? { file: join(__dirname, `${name}.ts`), execArgv: ["--require", "tsx/cjs"] }
    : { file: join(__dirname, `${name}.cjs`), execArgv: [] };
}
