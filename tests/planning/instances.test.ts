import assert from "node:assert/strict";
import { gpuCountOf, hostingInstanceTypes, isArm, isBurstable, isHostingInstance, isProcessorOnly, memoryGiBOf, vCpuCountOf } from "../../planning/instances";
import { hostingInstanceIssues } from "../../planning/modes/instance-issues";

const codes = (type: string): string[] => hostingInstanceIssues(type, "instance").map(({ code, severity = "error" }) => `${severity} ${code}`);

describe("instance types", () => {
  it("are the service's own list", () => {
    assert.equal(hostingInstanceTypes.length, 277);
    assert.equal(new Set(hostingInstanceTypes).size, 277);
    assert.ok(isHostingInstance("ml.c5.large"));
    assert.ok(!isHostingInstance("ml.t3.medium"));
    assert.ok(!isHostingInstance("c5.large"));
  });

  it("count vCPUs as EC2 does", () => {
    const expected = { "ml.c5.large": 2, "ml.m5.xlarge": 4, "ml.g4dn.xlarge": 4, "ml.c5.9xlarge": 36, "ml.c4.8xlarge": 36, "ml.m5.24xlarge": 96, "ml.t2.medium": 2, "ml.r8g.medium": 1, "ml.p5.48xlarge": 192 };
    for (const [type, count] of Object.entries(expected)) assert.equal(vCpuCountOf(type), count, type);
    for (const type of hostingInstanceTypes) assert.ok(Number.isInteger(vCpuCountOf(type)) && vCpuCountOf(type) >= 1, type);
  });

  it("tell Arm from the rest", () => {
    assert.deepEqual(["ml.c7g.large", "ml.m6gd.large", "ml.r8g.medium", "ml.p6e-gb200.36xlarge"].filter((type) => !isArm(type)), []);
    assert.deepEqual(["ml.g5.xlarge", "ml.g4dn.xlarge", "ml.c6in.large", "ml.c6i.large", "ml.m5d.large"].filter(isArm), []);
    assert.deepEqual(hostingInstanceTypes.filter(isBurstable).length, 4);
  });

  it("are refused where nothing hosts on them, with what was likely meant", () => {
    assert.deepEqual(codes("ml.c5.large"), []);
    assert.deepEqual(codes("ml.t3.medium"), ["error instance-unknown"]);
    assert.equal(hostingInstanceIssues("c5.large", "instance")[0]!.hint, 'did you mean "ml.c5.large"?');
    assert.match(hostingInstanceIssues("ml.c5.3xlarge", "instance")[0]!.hint!, /ml\.c5\.2xlarge/);
    assert.match(hostingInstanceIssues("ml.t3.medium", "instance")[0]!.hint!, /ml\.m5\.large/);
  });

  it("are refused where they are retired, and warned of where they soon will be", () => {
    assert.deepEqual(codes("ml.p3.2xlarge"), ["error instance-retired"]);
    assert.deepEqual(codes("ml.m4.xlarge"), ["warning instance-retired"]);
  });

  it("are refused where our image does not start, with a type that hosts", () => {
    for (const type of hostingInstanceTypes.filter(isArm).filter((each) => !each.includes("gb200"))) {
      const [issue] = hostingInstanceIssues(type, "instance");
      assert.equal(issue!.code, "instance-architecture");
      const meant = /instance: (\S+)$/.exec(issue!.hint!)![1]!;
      assert.ok(isHostingInstance(meant), `${type} → ${meant}`);
    }
  });

  it("have the memory that EC2's tables give them, where it is on record", () => {
    const documented = { "ml.c5.large": 4, "ml.c5.9xlarge": 72, "ml.m5.large": 8, "ml.m5.4xlarge": 64, "ml.g4dn.xlarge": 16, "ml.g5.48xlarge": 768, "ml.r5.2xlarge": 64 };
    for (const [type, memoryGiB] of Object.entries(documented)) assert.equal(memoryGiBOf(type), memoryGiB, type);
    assert.equal(memoryGiBOf("ml.c4.8xlarge"), undefined);
  });

  it("are told apart by having processors alone", () => {
    assert.deepEqual(["ml.c5.large", "ml.m6i.large", "ml.r5d.large", "ml.g4dn.xlarge", "ml.p4d.24xlarge", "ml.inf2.xlarge"].map(isProcessorOnly), [true, true, true, false, false, false]);
  });

  it("have the GPUs that EC2's tables give them, and none where they have none", () => {
    const documented = { "ml.g4dn.xlarge": 1, "ml.g4dn.12xlarge": 4, "ml.g4dn.16xlarge": 1, "ml.g5.48xlarge": 8, "ml.g6e.24xlarge": 4, "ml.p4d.24xlarge": 8, "ml.p5.4xlarge": 1, "ml.c5.large": 0 };
    for (const [type, count] of Object.entries(documented)) assert.equal(gpuCountOf(type), count, type);
  });
});
