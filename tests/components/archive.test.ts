import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { zipped } from "../../components/archive";

const files = { "Dockerrun.aws.json": "{}", ".platform/hooks/prebuild/10.sh": "#!/bin/bash\n", "slipway/é.json": "ü" };
const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");

describe("an archive", () => {
  it("holds every file", () => {
    const read = unzipSync(bytes(zipped(files)));
    assert.deepEqual(Object.fromEntries(Object.entries(read).map(([path, content]) => [path, strFromU8(content)])), files);
  });

  it("is the same bytes for the same files, in any order, time zone and year", () => {
    const { "slipway/é.json": last, ...others } = files;
    assert.equal(zipped({ "slipway/é.json": last, ...others }), zipped(files));
    const program = `process.stdout.write(require("./components/archive").zipped(${JSON.stringify(files)}))`;
    for (const TZ of ["UTC", "Pacific/Kiritimati", "America/St_Johns"]) {
      const elsewhere = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", program], { cwd: join(__dirname, "../.."), env: { ...process.env, TZ }, encoding: "utf8" });
      assert.equal(elsewhere, zipped(files), TZ);
    }
  });

  it("lets scripts be executed, and nothing else", () => {
    assert.deepEqual(modes(bytes(zipped(files))), { ".platform/hooks/prebuild/10.sh": 0o755, "Dockerrun.aws.json": 0o644, "slipway/é.json": 0o644 });
  });
});

/** Of the central directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12. */
function modes(zip: Buffer): Record<string, number> {
  const found: Record<string, number> = {};
  for (let at = zip.indexOf("PK\u0001\u0002", 0, "latin1"); at >= 0; at = zip.indexOf("PK\u0001\u0002", at + 4, "latin1")) {
    const name = zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString("utf8");
    found[name] = (zip.readUInt32LE(at + 38) >>> 16) & 0o777;
  }
  return found;
}
