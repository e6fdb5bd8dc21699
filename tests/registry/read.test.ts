import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MAX_FILE_BYTES } from "../../contract/registry";
import type { RegistryFile } from "../../planning/types";
import { readDescriptors, readRegistry } from "../../registry/read";

describe("the registry reader", () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "slipway-read-")));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text = "a: 1\n"): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  const refusal = (files: readonly RegistryFile[], path: string): string => {
    const content = files.find((file) => file.path === path)?.content;
    assert.ok(content !== undefined && "refused" in content, `${path} was read`);
    return content.refused;
  };
  const paths = (files: readonly RegistryFile[]): string[] => files.map(({ path }) => path);

  it("reads the descriptors of models/ and the contracts at any depth, sorted, with / in paths", () => {
    for (const path of ["registry/models/b.yaml", "registry/models/a.yml", "registry/models/notes.md", "registry/models/deeper/c.yaml", "registry/contracts/z.yaml", "registry/contracts/v2/y.yaml"]) write(path);
    const { descriptors, contracts } = readRegistry(root);
    assert.deepEqual(paths(descriptors), ["registry/models/a.yml", "registry/models/b.yaml"]);
    assert.deepEqual(paths(contracts), ["registry/contracts/v2/y.yaml", "registry/contracts/z.yaml"]);
    assert.deepEqual(descriptors[0]!.content, Buffer.from("a: 1\n"));
  });

  it("reads a file once, however often it is named, from anywhere", () => {
    write("drafts/one.yaml");
    write("drafts/contracts/one.yaml");
    const { descriptors, contracts } = readDescriptors(["drafts", "drafts/one.yaml", join(root, "drafts", "one.yaml")], root);
    assert.deepEqual([paths(descriptors), paths(contracts)], [["drafts/one.yaml"], ["drafts/contracts/one.yaml"]]);
  });

  it("takes a folder with models/ in it for a registry", () => {
    write("other/models/one.yaml");
    write("other/contracts/one.yaml");
    const { descriptors, contracts } = readDescriptors(["other"], root);
    assert.deepEqual([paths(descriptors), paths(contracts)], [["other/models/one.yaml"], ["other/contracts/one.yaml"]]);
  });

  it("refuses a symbolic link that leads out of the folder, directly or by a folder, and follows one that stays", () => {
    const secret = write("secret.yaml", "password: hunter2\n");
    write("registry/models/a.yaml");
    symlinkSync(secret, join(root, "registry/models/out.yaml"));
    symlinkSync("../../secret.yaml", join(root, "registry/models/relative.yaml"));
    symlinkSync("a.yaml", join(root, "registry/models/in.yaml"));
    symlinkSync("loop.yaml", join(root, "registry/models/loop.yaml"));
    symlinkSync("nowhere.yaml", join(root, "registry/models/dangling.yaml"));
    const { descriptors } = readRegistry(root);
    assert.match(refusal(descriptors, "registry/models/out.yaml"), /leads out of models/);
    assert.match(refusal(descriptors, "registry/models/relative.yaml"), /leads out of models/);
    assert.match(refusal(descriptors, "registry/models/loop.yaml"), /ELOOP/);
    assert.match(refusal(descriptors, "registry/models/dangling.yaml"), /ENOENT/);
    assert.deepEqual(descriptors.find(({ path }) => path.endsWith("/in.yaml"))!.content, Buffer.from("a: 1\n"));
    assert.ok(!JSON.stringify(descriptors).includes("hunter2"));
  });

  it("refuses a neighbour whose name only starts like the folder's", () => {
    write("registry/models-of-others/a.yaml");
    write("registry/models/b.yaml");
    symlinkSync("../models-of-others/a.yaml", join(root, "registry/models/a.yaml"));
    assert.match(refusal(readRegistry(root).descriptors, "registry/models/a.yaml"), /leads out/);
  });

  it("does not follow a linked folder of contracts", () => {
    write("registry/models/a.yaml");
    write("elsewhere/secret.yaml");
    mkdirSync(join(root, "registry/contracts"));
    symlinkSync(join(root, "elsewhere"), join(root, "registry/contracts/linked"));
    assert.deepEqual(readRegistry(root).contracts, []);
  });

  it("refuses a large file without reading it", () => {
    truncateSync(write("registry/models/huge.yaml"), 10 * 1024 ** 4); // ten tebibytes, all of it a hole
    assert.match(refusal(readRegistry(root).descriptors, "registry/models/huge.yaml"), new RegExp(`at most ${MAX_FILE_BYTES} are read`));
  });

  it("refuses what is no plain file, and does not wait for a pipe that nobody writes to", function () {
    mkdirSync(join(root, "registry/models/folder.yaml"), { recursive: true });
    if (process.platform !== "win32") execFileSync("mkfifo", [join(root, "registry/models/pipe.yaml")]);
    const { descriptors } = readRegistry(root);
    for (const { path } of descriptors) assert.match(refusal(descriptors, path), /not a plain file/);
    assert.ok(descriptors.length > 0);
  });

  it("throws only for a path that does not exist", () => {
    assert.throws(() => readDescriptors(["nowhere"], root), /ENOENT/);
  });
});
