import { workerData } from "node:worker_threads";
import { scanner, STOP, WAKE, type Layout } from "./exact-memory";

/** A thread that helps to scan an exact index: asleep on a word of shared memory between searches. */
const { memory, layout } = workerData as { memory: WebAssembly.Memory; layout: Layout };
const control = new Int32Array(memory.buffer, 0, 4);
const scan = scanner(memory, layout);

for (let searches = 0; Atomics.load(control, STOP) === 0; ) {
  Atomics.wait(control, WAKE, searches);
  searches = Atomics.load(control, WAKE);
  scan();
}
