import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { FrontDoor, root } from "./fixtures/front-door";

describe("npm start with an artifact of the repository", function () {
  this.timeout(120_000);

  it("uploads it, and serves what was uploaded", async () => {
    // In the repository, so that its node_modules are found from there.
    await mkdir(path.join(root, ".cache"), { recursive: true });
    const copy = await mkdtemp(path.join(root, ".cache", "artifact-"));
    const own = [".dockerignore", ".npmrc", "contract", "package-lock.json", "package.json", "scripts", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "container", "index.ts", "local", "registry"];
    try {
      for (const name of await readdir(root)) {
        if (own.includes(name)) await cp(path.join(root, name), path.join(copy, name), { recursive: true, filter: (source) => path.basename(source) !== "node_modules" });
        else if (!name.startsWith(".") && name !== "bench") await symlink(path.join(root, name), path.join(copy, name));
      }
      // Where this machine looks for what it cannot fetch, there is none: only the upload is left.
      await mkdir(path.join(copy, "models"));
      await cp(path.join(copy, "registry", "demo", "velib-lstm", "model.tar.gz"), path.join(copy, "models", "model.tar.gz"));
      await rm(path.join(copy, "registry", "demo", "velib-lstm"), { recursive: true });
      const file = path.join(copy, "registry", "models", "velib-lstm.yaml");
      await writeFile(file, (await readFile(file, "utf8")).replace("s3://example-velib-models/v3/model.tar.gz", "./models/model.tar.gz"));
      const door = new FrontDoor(["--once"], { cwd: copy });
      assert.equal(await door.ended, 0, door.stdout + door.stderr);
      assert.match(door.stdout, /velib-lstm/);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});
