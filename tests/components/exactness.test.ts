import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");
const constructors = join(root, "components/constructors.ts");
/** Where the inputs of a plan's resources are. */
const contracts = ["contract/resources.ts", "contract/endpoint-inputs.ts", "contract/scaling-inputs.ts"].map((path) => join(root, path));

const mistakes: readonly (readonly [from: string, to: string])[] = [
  ["description: string; assumeRolePolicy", "descripton: string; assumeRolePolicy"],
  ["scanOnPush: boolean", "scanOnPush: boolean; scanOnPull: boolean"],
  ["  variantName: string;", "  variantName: string; weight: number;"],
  ["enableKeyRotation: boolean", "enableKeyRotation: string"],
  ["    executionRoleArn: string;\n", ""],
];

const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
/** What the table of constructors has to say against a contract with every mistake in it. */
function drift(): string[] {
  const texts = new Map(contracts.map((path) => [path, readFileSync(path, "utf8")]));
  for (const [from, to] of mistakes) {
    const [path, ...more] = contracts.filter((each) => texts.get(each)!.includes(from));
    assert.ok(path !== undefined && more.length === 0 && texts.get(path)!.split(from).length === 2, `${from} stands once in ${contracts.join(", ")}`);
    texts.set(path, texts.get(path)!.replace(from, to));
  }
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (name, languageVersion, ...rest) => (texts.has(name) ? ts.createSourceFile(name, texts.get(name)!, languageVersion) : read(name, languageVersion, ...rest));

  const program = ts.createProgram([constructors], { ...options, types: [] }, host);
  const table = program.getSourceFile(constructors)!;
  assert.notEqual(program.getSemanticDiagnostics(table).length, 0, "it must not compile");
  const alias = table.statements.find((statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === "Drift")!;
  const type = program.getTypeChecker().getTypeAtLocation(alias);
  return (type.isUnion() ? type.types : [type]).map((member) => (member as ts.StringLiteralType).value).sort();
}

/** That it compiles without the mistakes is what `npm run types` says. */
describe("the table of constructors", () => {
  it("does not compile with an unknown property at any depth, a value of another type, or a required input missing", () => {
    assert.deepEqual(drift(), [
      "aws:ecr/repository:Repository.imageScanningConfiguration.scanOnPull is unknown",
      "aws:iam/role:Role.descripton is unknown",
      "aws:kms/key:Key does not fit",
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration.productionVariants[].weight is unknown",
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration.shadowProductionVariants[].weight is unknown",
      "aws:sagemaker/model:Model does not fit",
      "aws:sagemaker/model:Model.executionRoleArn is required",
    ]);
  }).timeout(60_000); // the compiler reads the SDK's declarations
});
