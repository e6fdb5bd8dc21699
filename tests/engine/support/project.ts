import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const repository = resolve(__dirname, "../../..");

/** What the Pulumi program reads, and no more: were it to need another room, these tests would fail. */
const rooms = ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "index.ts", ".dockerignore", ".npmrc", "package.json", "package-lock.json", "scripts", "tsconfig.json", "components", "container", "contract", "planning", "registry"];
const leftOut = new Set(["node_modules", "dist", ".venv"]);

/** A copy of the project in a folder of its own, to be edited at will; dependencies are those of the repository. */
export class Project {
  readonly root = mkdtempSync(join(tmpdir(), "slipway-project-"));

  constructor() {
    for (const room of rooms.filter((name) => existsSync(join(repository, name)))) {
      cpSync(join(repository, room), join(this.root, room), { recursive: true, filter: (source) => !leftOut.has(basename(source)) });
    }
    symlinkSync(join(repository, "node_modules"), join(this.root, "node_modules"));
  }

  /** Replaces text in a file; what is not there exactly once is a mistake of the test. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.root, file);
    const parts = readFileSync(path, "utf8").split(from);
    if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times`);
    writeFileSync(path, parts.join(to));
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
