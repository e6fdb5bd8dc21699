import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");
const constructors = join(root, "components/constructors.ts");
const resources = join(root, "contract/resources.ts");

type Edit = readonly [from: string, to: string];

/** Compiles the table of constructors with changes in `contract/resources.ts`; the compiler's complaints. */
function compileWith(...edits: readonly Edit[]): string {
  const text = edits.reduce((changed, [from, to]) => {
    assert.equal(changed.split(from).length, 2, `${from} stands once in contract/resources.ts`);
    return changed.replace(from, to);
  }, readFileSync(resources, "utf8"));
  const host = { ...sharedHost, getSourceFile: (name: string) => (name === resources ? source(name, text) : sharedHost.getSourceFile(name)) } as ts.CompilerHost;
  previous = ts.createProgram([constructors], options, host, previous);
  const complaints = previous.getSemanticDiagnostics(previous.getSourceFile(constructors));
  return complaints.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")).join("\n");
}

const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
const host = ts.createCompilerHost(options);
const parsed = new Map<string, ts.SourceFile | undefined>();
const sharedHost = {
  ...host,
  getSourceFile: (name: string): ts.SourceFile | undefined => {
    if (!parsed.has(name)) parsed.set(name, ts.sys.fileExists(name) ? source(name, readFileSync(name, "utf8")) : undefined);
    return parsed.get(name);
  },
};
let previous: ts.Program | undefined;

function source(name: string, text: string): ts.SourceFile {
  const format = ts.getImpliedNodeFormatForFile(name, undefined, ts.sys, options);
  return ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ES2022, impliedNodeFormat: format });
}

describe("the table of constructors", function () {
  // The first compilation reads the SDK's declarations.
  this.timeout(60_000);
  it("compiles as it stands", () => assert.equal(compileWith(), ""));

  it("does not compile with a property that the SDK does not know, at any depth", () => {
    const complaints = compileWith(
      ["description: string; assumeRolePolicy", "descripton: string; assumeRolePolicy"],
      ["scanOnPush: boolean", "scanOnPush: boolean; scanOnPull: boolean"],
      ["  variantName: string;", "  variantName: string; weight: number;"],
    );
    assert.match(complaints, /aws:iam\/role:Role\.descripton is unknown/);
    assert.match(complaints, /aws:ecr\/repository:Repository\.imageScanningConfiguration\.scanOnPull is unknown/);
    assert.match(complaints, /EndpointConfiguration\.productionVariants\[\]\.weight is unknown/);
  });

  it("nor with a value of another type, nor without an input that the SDK requires", () => {
    const complaints = compileWith(["enableKeyRotation: boolean", "enableKeyRotation: string"], ["    executionRoleArn: string;\n", ""]);
    assert.match(complaints, /aws:kms\/key:Key does not fit/);
    assert.match(complaints, /aws:sagemaker\/model:Model\.executionRoleArn is required/);
  });

  it("nor without the class of a type", () => {
    const added: Edit = ['  "aws:sns/topicPolicy:TopicPolicy":', '  "aws:sqs/queue:Queue": Tags & { name: string };\n  "aws:sns/topicPolicy:TopicPolicy":'];
    assert.match(compileWith(added), /aws:sqs\/queue:Queue/);
  });
});
