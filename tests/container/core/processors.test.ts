import assert from "node:assert/strict";
import { processors } from "../../../container/src/core/processors";

describe("the processors of a container", () => {
  const of = (allowed: number, files: { readonly [path: string]: string } = {}): number => processors({ allowed, read: (path) => files[path] });
  const v2 = (text: string) => ({ "/sys/fs/cgroup/cpu.max": text });
  const v1 = (quota: string, period = "100000\n") => ({ "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota, "/sys/fs/cgroup/cpu/cpu.cfs_period_us": period });

  it("are the machine's where nothing limits them", () => {
    assert.equal(of(64), 64);
    assert.equal(of(64, v2("max 100000\n")), 64);
    assert.equal(of(64, v1("-1\n")), 64);
  });

  it("are what a cgroup's share of time amounts to, of either version", () => {
    assert.equal(of(64, v2("200000 100000\n")), 2);
    assert.equal(of(64, v1("200000\n")), 2);
    assert.equal(of(64, v2("150000 100000\n")), 2); // a half is a processor that one may use half the time
    assert.equal(of(64, v2("20000 100000\n")), 1);
  });

  it("are never more than the process may run on, and never none", () => {
    assert.equal(of(2, v2("800000 100000\n")), 2);
    assert.equal(of(1, v2("0 100000\n")), 1);
  });

  it("are the machine's where a file says nothing that can be read", () => {
    for (const text of ["", "\n", "abc def\n", "100000", "100000 0"]) assert.equal(of(4, v2(text)), 4, JSON.stringify(text));
  });

  it("are found on this machine", () => assert.ok(processors() >= 1));
});
