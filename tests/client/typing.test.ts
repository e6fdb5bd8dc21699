import assert from "node:assert/strict";
import { compileSamples } from "./compile";

/** What an application's author writes, by what it shows. */
const programs: { readonly [name: string]: string } = {
  right: `
    const { predictions, model_version } = await velib.invoke(request, { timeoutMs: 2_000, variant: "v3" });
    const bikes: number = predictions["T+1h"] + predictions["T+3h"];
    const label: string = model_version;
    const { variant, attempts } = await velib.answer(request);
    export { bikes, label, variant, attempts };`,
  "misspelt field": `await velib.invoke({ ...fields, hours: 15, hour: 15 });`,
  "wrong type": `await velib.invoke({ ...fields, hour: "15" });`,
  "missing required field": `await velib.invoke(fields);`,
  "unknown model": `await models["velib-lstn"].invoke(request);`,
  "misspelt answer": `const { prediction } = await velib.invoke(request); export { prediction };`,
  "misspelt option": `await velib.invoke(request, { timeout: 5 });`,
  "both local and outputs missing": `await connect({});`,
  "a version of a model whose versions share no endpoint": `await velib.invoke(request, { target: "v3" });`,
  "versions that share an endpoint": `
    const contracts: Contracts<Several> = { echo: { sha256: "00" } };
    const { length } = await (await connect({ outputs: "outputs.json", contracts })).echo.invoke({ text: "hello" }, { target: "v2" });
    export { length };`,
  "a version that is not there": `
    const contracts: Contracts<Several> = { echo: { sha256: "00" } };
    await (await connect({ outputs: "outputs.json", contracts })).echo.invoke({ text: "hello" }, { target: "v3" });`,
  "types of an application's own": `
    interface Own { echo: { request: { text: string }; response: { length: number } } }
    const contracts: Contracts<Own> = { echo: { sha256: "00" } };
    const own = await connect({ outputs: "outputs.json", contracts });
    const { length } = await own.echo.invoke({ text: "hello" });
    const count: number = length;
    export { count };`,
  "a model that is not the application's own": `
    const contracts: Contracts<{ echo: { request: string; response: string } }> = { echo: { sha256: "00" } };
    await (await connect({ outputs: "outputs.json", contracts }))["velib-lstm"].invoke(request);`,
};

const PRELUDE = `import { connect, type Contracts, type VelibLstmRequest } from "slipway/client";
const fields = { station_code: "16107", historical_bikes: [9, 8], day_of_week: 3, is_weekend: false, capacity: 28, latitude: 48.85, longitude: 2.34 };
const request: VelibLstmRequest = { ...fields, hour: 15 };
const models = await connect({ local: "http://127.0.0.1:4010" });
const velib = models["velib-lstm"];
interface Several { echo: { request: { text: string }; response: { length: number }; target: "v1" | "v2" } }
export { connect, request, velib, type Contracts, type Several };
`;

describe("client: types", function () {
  // Loading the declarations of the AWS SDK takes the compiler a while.
  this.timeout(60_000);

  let messages: ReadonlyMap<string, readonly string[]>;
  before(() => {
    messages = compileSamples(Object.fromEntries(Object.entries(programs).map(([name, text]) => [name, PRELUDE + text])));
  });

  it("accept a right program", () => assert.deepEqual(messages.get("right"), []));

  const refused: [what: string, message: RegExp][] = [
    ["misspelt field", /'hours' does not exist in type 'VelibLstmRequest'/],
    ["wrong type", /Type 'string' is not assignable to type 'number'/],
    ["missing required field", /Property 'hour' is missing .* required in type 'VelibLstmRequest'/],
    ["unknown model", /Property 'velib-lstn' does not exist on type 'Connection<Models>'/],
    ["misspelt answer", /Property 'prediction' does not exist on type 'VelibLstmResponse'/],
    ["misspelt option", /'timeout' does not exist in type 'CallOptions<never>'/],
    ["a version of a model whose versions share no endpoint", /Type 'string' is not assignable to type '(never|undefined)'/],
    ["a version that is not there", /Type '"v3"' is not assignable to type '"v1" \| "v2" \| undefined'/],
    ["both local and outputs missing", /not assignable to parameter of type 'ConnectOptions<Models>'/],
    ["a model that is not the application's own", /Property 'velib-lstm' does not exist/],
  ];
  for (const [what, message] of refused) {
    it(`refuse: ${what}`, () => {
      const found = messages.get(what);
      assert.equal(found?.length, 1, `${what}: ${found?.join(" | ")}`);
      assert.match(found[0]!, message);
    });
  }

  it("let a version be named where versions share an endpoint", () => assert.deepEqual(messages.get("versions that share an endpoint"), []));

  it("come from a file of the application's own", () => assert.deepEqual(messages.get("types of an application's own"), []));
});
