import assert from "node:assert/strict";
import { expectedBytes, heldBytes, heldIn, memoryCapBytes } from "../../../container/src/core/models/memory";

const GIB = 1024 ** 3;

describe("the memory of a multi-model server", () => {
  it("is what the variable says, in MiB", () => {
    assert.equal(memoryCapBytes({ SLIPWAY_MEMORY_MIB: "512" }), GIB / 2);
    for (const text of ["", "0", "-1", "1.5", "1 GiB", "1e3"]) {
      assert.throws(() => memoryCapBytes({ SLIPWAY_MEMORY_MIB: text }), /SLIPWAY_MEMORY_MIB is ".*"; it must be a whole number of MiB above 0/);
    }
  });

  it("is nine tenths of the cgroup's limit, or of the machine where there is none", () => {
    const cap = (constrainedBytes: number | undefined): number => memoryCapBytes({}, { constrainedBytes, totalBytes: 10 * GIB });
    assert.equal(cap(4 * GIB), Math.floor(3.6 * GIB));
    assert.equal(cap(undefined), 9 * GIB);
    assert.equal(cap(0), 9 * GIB);
    assert.equal(cap(2 ** 63), 9 * GIB, "no limit, as the kernel writes it");
  });

  it("of a model is expected to be its files and the most that another version held beside its own", () => {
    assert.equal(expectedBytes(100, []), 100 + 64 * 1024 ** 2);
    assert.equal(expectedBytes(100, [{ fileBytes: 10, bytes: 40 }, { fileBytes: 30, bytes: 50 }]), 130);
    assert.equal(expectedBytes(100, [{ fileBytes: 10, bytes: 4 }]), 100);
  });

  it("of a process is what the kernel cannot take back", () => {
    assert.equal(heldIn("VmRSS:\t  9000 kB\nRssAnon:\t    2048 kB\nRssFile:\t 6000 kB\nRssShmem:\t 1024 kB\n"), 3 * 1024 ** 2);
    assert.equal(heldIn("Name:\tgone\n"), undefined);
    assert.ok(heldBytes(process.pid)! > 1024 ** 2);
    assert.equal(heldBytes(2 ** 30), undefined);
  });
});
