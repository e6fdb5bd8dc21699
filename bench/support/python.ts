import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../python");
const environment = join(folder, ".venv");
const requirements = join(folder, "requirements.txt");
const stamp = join(environment, "installed.txt");

/** A Python with what bench/python needs, in an environment of its own: made once, some minutes and 5.6 GB. */
export function python(): string {
  const binary = join(environment, "bin/python");
  const wanted = readFileSync(requirements, "utf8");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    console.error(`installing ${requirements}: some minutes`);
    execFileSync("python3", ["-m", "venv", environment], { stdio: "inherit" });
    execFileSync(binary, ["-m", "pip", "install", "--quiet", "--requirement", requirements], { stdio: "inherit" });
    writeFileSync(stamp, wanted);
  }
  return binary;
}

export const script = (name: string): string => join(folder, name);
