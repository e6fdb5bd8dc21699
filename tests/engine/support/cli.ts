import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams, in order. */
  readonly text: string;
}

const built = resolve(__dirname, "../../../.cache/pulumi/bin/pulumi");

/**
 * The `pulumi` to test with: PULUMI_CLI, then one that is installed, then the one
 * that `npm run build:pulumi` built. The npm package's own launcher is passed
 * over: it downloads the CLI at its first use.
 */
export function findPulumi(): string | undefined {
  const { PULUMI_CLI, PATH = "" } = process.env;
  if (PULUMI_CLI !== undefined && PULUMI_CLI !== "") return PULUMI_CLI;
  const installed = PATH.split(delimiter)
    .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
    .map((folder) => join(folder, "pulumi"))
    .find(existsSync);
  return installed ?? [built].find(existsSync);
}

/** A Pulumi of its own: home, state and secrets in a folder that goes away. Nothing of the user's account is touched. */
export class Pulumi {
  private readonly folder = mkdtempSync(join(tmpdir(), "slipway-engine-"));
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    private readonly executable: string,
    private readonly project: string,
    environment: NodeJS.ProcessEnv,
  ) {
    const [home, state] = [join(this.folder, "home"), join(this.folder, "state")];
    mkdirSync(home);
    mkdirSync(state);
    this.environment = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|PULUMI)_/.test(name))),
      // The language host stands beside the CLI.
      PATH: [dirname(executable), process.env.PATH].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NO_COLOR: "1",
      ...environment,
    };
  }

  /** Runs `pulumi <args>` in the project. */
  run(...args: string[]): Promise<Run> {
    const child = spawn(this.executable, ["--non-interactive", "--color=never", ...args], { cwd: this.project, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, text] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => ([stdout, text] = [stdout + chunk, text + chunk]));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    return new Promise((resolveRun, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolveRun({ code, stdout, text }));
    });
  }

  /** The same, for a command that must succeed. */
  async succeed(...args: string[]): Promise<Run> {
    const run = await this.run(...args);
    if (run.code !== 0) throw new Error(`pulumi ${args.join(" ")} left with ${run.code}:\n${run.text}`);
    return run;
  }

  async json<Value>(...args: string[]): Promise<Value> {
    return JSON.parse((await this.succeed(...args)).stdout) as Value;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
