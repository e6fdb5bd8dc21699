import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Diagnostic, LanguageServer } from "./language-server";

const models = join(__dirname, "..", "..", "registry", "models");
const velib = readFileSync(join(models, "velib-lstm.yaml"), "utf8");

describe("an editor with yaml-language-server", function () {
  this.timeout(60_000);
  let server: LanguageServer;
  let opened = 0;

  before(async () => {
    server = new LanguageServer();
    await server.request("initialize", { processId: process.pid, rootUri: pathToFileURL(models).href, capabilities: {} });
    server.notify("initialized", {});
    // Only what the descriptor's own first line names: no network.
    server.notify("workspace/didChangeConfiguration", { settings: { yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } } } });
  });
  after(() => server.stop());

  /** Opens a text as a new descriptor beside the real ones, so that `$schema=../model.schema.json` leads to ours. */
  async function open(text: string): Promise<{ uri: string; diagnostics: readonly Diagnostic[] }> {
    const uri = pathToFileURL(join(models, `unsaved-${++opened}.yaml`)).href;
    const diagnostics = server.diagnostics(uri);
    server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return { uri, diagnostics: await diagnostics };
  }

  async function completions(text: string, line: number, character: number): Promise<string[]> {
    const { uri } = await open(text);
    const result = (await server.request("textDocument/completion", { textDocument: { uri }, position: { line, character } })) as { items: { label: string }[] };
    return result.items.map(({ label }) => label);
  }

  it("finds nothing wrong with the real descriptor", async () => {
    assert.deepEqual((await open(velib)).diagnostics, []);
  });

  it("marks a misspelt field, a wrong value and a quantity in another form, where they stand", async () => {
    const wrong = velib.replace("concurrency: 5", "concurency: 5").replace("runtime: forecast", "runtime: forcast").replace("3072 MiB", "3072MB");
    const { diagnostics } = await open(wrong);
    const lines = wrong.split("\n");
    const marked = diagnostics.map(({ range }) => lines[range.start.line]!.slice(range.start.character));
    for (const start of ["concurency", "forcast", "3072MB"]) assert.ok(marked.some((text) => text.startsWith(start)), `${start} is not marked: ${JSON.stringify(diagnostics)}`);
  });

  it("completes the fields of a descriptor, of a mode, and of an overlay", async () => {
    const start = velib.split("\n", 1)[0]!;
    assert.ok((await completions(`${start}\nname: x\n\n`, 2, 0)).includes("serving"));
    assert.ok((await completions(`${start}\nname: x\nserving:\n  serverless:\n    \n`, 4, 4)).includes("memory"));
    const overlay = await completions(`${start}\nname: x\nenvironments:\n  dev:\n    \n`, 4, 4);
    assert.ok(overlay.includes("traffic") && !overlay.includes("owner"), overlay.join());
  });

  it("completes values from lists, and settings from the runtime's own", async () => {
    const start = velib.split("\n", 1)[0]!;
    assert.ok((await completions(`${start}\nname: x\nruntime: \n`, 2, 9)).includes("clip-embed"));
    const settings = await completions(`${start}\nname: x\nruntime: clip-recommend\nsettings:\n  \n`, 4, 2);
    assert.ok(settings.includes("candidates") && !settings.includes("neighbours"), settings.join());
  });

  it("explains a field under the pointer", async () => {
    const { uri } = await open(velib);
    const line = velib.split("\n").findIndex((text) => text.includes("memory:"));
    const hover = (await server.request("textDocument/hover", { textDocument: { uri }, position: { line, character: 6 } })) as { contents: { value: string } };
    assert.match(hover.contents.value, /Memory of a container/);
  });
});
