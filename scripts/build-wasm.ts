/**
 * Assembles the container's WebAssembly: every `x.wat` beside an `x-wasm.ts` that carries its bytes,
 * so that the bundle is one file and needs no assembler. Run by hand after a change of a `.wat`:
 *
 *     npx tsx scripts/build-wasm.ts          writes them
 *     npx tsx scripts/build-wasm.ts --check  fails where one is not what its source gives
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import wabt from "wabt";

const root = resolve(__dirname, "..");
export const wasmSources = ["container/src/backends/exact.wat", "container/src/clip/bicubic.wat"] as const;

/** The TypeScript that carries a module's bytes. */
export async function wasmModule(source: string): Promise<{ path: string; text: string }> {
  const name = basename(source, ".wat");
  const assembler = await wabt();
  const parsed = assembler.parseWat(source, readFileSync(join(root, source), "utf8"), { simd: true, threads: true });
  const bytes = Buffer.from(parsed.toBinary({ write_debug_names: false }).buffer);
  parsed.destroy();
  if (!WebAssembly.validate(bytes)) throw new Error(`${source} is not valid WebAssembly`);
  const text =
    `// Generated from ${name}.wat by scripts/build-wasm.ts; do not edit.\n` +
    `/** ${bytes.length} bytes of WebAssembly. */\n` +
    `export const ${name}Wasm = Buffer.from(\n  "${bytes.toString("base64")}",\n  "base64",\n);\n`;
  return { path: source.replace(/\.wat$/, "-wasm.ts"), text };
}

async function main(check: boolean): Promise<void> {
  for (const source of wasmSources) {
    const { path, text } = await wasmModule(source);
    if (!check) writeFileSync(join(root, path), text);
    else if (readFileSync(join(root, path), "utf8") !== text) {
      console.error(`${path} is not what ${source} gives; write: npx tsx scripts/build-wasm.ts`);
      process.exitCode = 1;
    }
  }
}

if (require.main === module) void main(process.argv.includes("--check"));
