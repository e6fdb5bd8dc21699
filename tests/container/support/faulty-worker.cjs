// Speaks the inference worker's protocol and dies on demand, as a thread that
// runs out of memory or meets a bug would. { "do": "answer" | "throw" | "exit" | "fail" }
const { parentPort, workerData } = require("node:worker_threads");

if (workerData.settings.diesAtOnce) throw new Error("no memory");
parentPort.postMessage({ type: "ready", verifyMs: 0, loadMs: 0 });
parentPort.on("message", ({ type, requests }) => {
  if (type === "stop") process.exit();
  const asked = (what) => requests.some((request) => request.do === what);
  if (asked("throw")) setTimeout(() => { throw new Error("out of luck"); }, 0);
  else if (asked("exit")) process.exit(3);
  else if (asked("fail")) parentPort.postMessage({ type: "failure", message: "no such thing" });
  else parentPort.postMessage({ type: "answer", outcomes: requests.map(({ n }) => JSON.stringify({ pid: workerData.version, n })), inferenceMs: 1 });
});
