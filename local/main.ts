// The front door: `npm start`. Everything else is loaded after the version of Node
// is known to be one that can load it.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

if (!supported) {
  process.stderr.write(`Node ${process.versions.node} cannot run this: Slipway needs Node 20.19 or later, or 22.12 or later\n    write: nvm install 22, or see https://nodejs.org\n`);
  process.exitCode = 2;
} else {
  void import("./start.js").then(async ({ start }) => {
    process.exitCode = await start(process.argv.slice(2));
    // Everything is stopped and flushed; nothing that a library left open may keep the shell waiting.
    process.stdout.write("", () => process.exit());
  });
}
