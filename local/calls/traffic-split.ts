import { shares } from "../endpoints/weights";
import { howLong, type Caller } from "./caller";
import { told, type CallResult } from "./result";

const CALLS = 200;
const AT_ONCE = 4;

/** Calls an endpoint of several variants often enough to see its weights in who answered. */
export function callByWeight({ model, answer }: Caller, way: string): Promise<CallResult> {
  const { request } = model.contract.examples[0]!;
  return told({ model: model.name, way, what: `${CALLS} calls by weight` }, async () => {
    const answered: Record<string, number> = Object.fromEntries(model.traffic.map(({ version }) => [version, 0]));
    const started = performance.now();
    let left = CALLS;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) {
          const { variant = "nobody" } = await answer(request);
          answered[variant] = (answered[variant] ?? 0) + 1;
        }
      }),
    );
    const wanted = shares(model.traffic.map(({ version, weight }) => ({ name: version, weight })));
    const seen = Object.entries(answered).map(([name, count]) => `${name} ${count}`);
    // The router interleaves as evenly as the weights allow: fewer than one call of difference for each variant.
    const off = Object.entries(answered).find(([name, count]) => Math.abs(count - CALLS * (wanted[name] ?? 0)) > model.traffic.length);
    return {
      how: howLong(seen.join(", "), performance.now() - started),
      ...(off === undefined ? {} : { problem: `${off[0]} answered ${off[1]} of ${CALLS} calls, and its share is ${Math.round((wanted[off[0]] ?? 0) * 1000) / 10} %` }),
    };
  });
}
