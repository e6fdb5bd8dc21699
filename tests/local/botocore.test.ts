import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "./fixtures/front-door";
import { Machine } from "./fixtures/machine";

const run = promisify(execFile);
const BOTOCORE = "botocore==1.44.5";
const venv = path.join(root, ".cache", "botocore");

/** A python that has botocore: the machine's own, or one of a virtual environment made once. */
async function pythonWithBotocore(): Promise<string> {
  const has = (python: string) => run(python, ["-c", "import botocore.session"]).then(() => true, () => false);
  const own = path.join(venv, "bin", "python");
  for (const python of ["python3", own]) if (await has(python)) return python;
  if (!existsSync(own)) await run("python3", ["-m", "venv", venv]);
  await run(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", BOTOCORE]);
  return own;
}

describe("local SageMaker, through botocore", function () {
  this.timeout(120_000);
  let python: string;
  let machine: Machine;

  before(async function () {
    try {
      python = await pythonWithBotocore();
    } catch (error) {
      this.test!.title = `botocore is not here and cannot be installed (${String((error as Error).message).split("\n")[0]})`;
      this.skip();
    }
    machine = await Machine.start();
  });
  after(() => machine?.close());

  it("creates, waits, invokes, updates weights, reads errors and deletes, and keeps objects in S3", async () => {
    const script = path.join(__dirname, "fixtures", "botocore_client.py");
    const { stdout } = await run(python, [script, machine.sagemaker.url, JSON.stringify(machine.environment({}, { LABEL: "bo" }))], {
      env: { PATH: process.env.PATH, HOME: "/nonexistent" },
    });
    assert.deepEqual(JSON.parse(stdout), {
      status: "InService",
      variant: "v1",
      label: "bo",
      attributes: "trace=1",
      weight: 2.5,
      modelError: { code: "ModelError", http: 424, status: 400, hasMessage: true },
      tooLarge: { code: "413", http: 413 },
      absent: { code: "ValidationError", http: 400, message: "Endpoint absent of account 111122223333 not found." },
      missing: { code: "ValidationException", http: 400, message: 'Could not find endpoint "arn:aws:sagemaker:eu-west-3:111122223333:endpoint/absent".' },
      badName: { code: "ValidationException", http: 400 },
      listed: ["bo"],
      gone: true,
      s3: { part: "234", type: "application/json", listed: ["in/a b.json"], absent: { code: "NoSuchKey", http: 404 } },
    });
  });
});
