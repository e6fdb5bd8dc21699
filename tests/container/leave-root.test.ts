import assert from "node:assert/strict";
import { chmodSync, cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../container/src/shutdown";
import { build, example, extractDemo, invoke, launch, start, temporaryFolder } from "./support/container";

const USER = "61234:61235";
const idsOf = (pid: number): (string | undefined)[] => ["Uid", "Gid"].map((field) => new RegExp(`^${field}:\\t(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

describe("a server started as root", function () {
  let folder: string;
  before(async function () {
    if (process.getuid?.() !== 0 || process.platform !== "linux") return this.skip();
    folder = await extractDemo(temporaryFolder());
    chmodSync(folder, 0o755);
  });

  it("leaves it for the user that the image names, in all its threads, and serves", async () => {
    const served = await start({ modelDirectory: folder, environment: { SLIPWAY_USER: USER } });
    await served.ready();
    assert.deepEqual(idsOf(served.child.pid!), ["61234\t61234\t61234\t61234", "61235\t61235\t61235\t61235"]);
    assert.equal((await invoke(served, example.request)).status, 200);
    assert.equal(served.log.find(({ event }) => event === "left-root")?.user, USER);
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  it("stays root where that user cannot read the model, and says which file", async () => {
    const closed = temporaryFolder();
    cpSync(folder, closed, { recursive: true });
    chmodSync(closed, 0o755);
    chmodSync(join(closed, "stations.json"), 0o600);
    const served = await start({ modelDirectory: closed, environment: { SLIPWAY_USER: USER } });
    await served.ready();
    assert.deepEqual(idsOf(served.child.pid!), ["0\t0\t0\t0", "0\t0\t0\t0"]);
    const { level, reason } = served.log.find(({ event }) => event === "stays-root")!;
    assert.equal(level, "warn");
    assert.match(String(reason), /^EACCES: .*stations\.json/);
  });

  it("stays what it is where no user is named", async () => {
    const served = await start({ modelDirectory: folder });
    await served.ready();
    assert.deepEqual(idsOf(served.child.pid!), ["0\t0\t0\t0", "0\t0\t0\t0"]);
    assert.deepEqual(served.log.filter(({ event }) => event.includes("root")), []);
  });

  it("refuses to start for a user that is none", async () => {
    for (const user of ["node", "0:0", "1000", "1000:0", ""]) {
      const { exited, log } = launch({ serveFile: (await build()).serve, modelDirectory: folder, environment: { SLIPWAY_USER: user } });
      assert.equal(await exited, EXIT.software);
      assert.match(String(log.at(-1)?.message), /SLIPWAY_USER .* must be <user>:<group>/, user);
    }
  });
});
