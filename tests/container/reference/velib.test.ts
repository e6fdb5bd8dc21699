import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadOnnx } from "../../../container/src/backends/onnx";
import type { Network } from "../../../container/src/backends/backend";
import { extractDemo, invoke, type Running, start, temporaryFolder } from "../support/container";
import { generator } from "../support/random";
import { VelibReference } from "./velib-float64";

interface Vectors {
  readonly rows: readonly { readonly historical_bikes: number[]; readonly statics: number[]; readonly bikes: number[] }[];
}
const vectors = JSON.parse(readFileSync(join(__dirname, "torch-vectors.json"), "utf8")) as Vectors;

/** On z-scores and on bikes alike. */
const TOLERANCE = 1e-4;

describe("velib's numbers against independent implementations", () => {
  const folder = temporaryFolder();
  let reference: VelibReference;
  let scaler: { mean: number; scale: number };
  let stations: Record<string, number>;
  let network: Network;
  let served: Running;

  before(async () => {
    await extractDemo(folder);
    const file = readFileSync(join(folder, "model.onnx"));
    reference = new VelibReference(file);
    scaler = JSON.parse(readFileSync(join(folder, "scaler.json"), "utf8")) as typeof scaler;
    stations = JSON.parse(readFileSync(join(folder, "stations.json"), "utf8")) as typeof stations;
    network = await loadOnnx(file, { threads: 1 });
    served = await start({ modelDirectory: folder });
    await served.ready();
  });

  after(async () => {
    await network.dispose();
    served.child.kill("SIGTERM");
    await served.exited;
  });

  const bikesOf = (score: number): number => score * scaler.scale + scaler.mean;
  const scoresOf = (bikes: readonly number[]): number[] => bikes.map((value) => (value - scaler.mean) / scaler.scale);

  async function onnxBikes(bikes: readonly number[], statics: readonly number[]): Promise<number[]> {
    const { forecast } = await network.run({
      history: { data: Float32Array.from(scoresOf(bikes)), shape: [1, 24] },
      statics: { data: Float32Array.from(statics), shape: [1, 7] },
    });
    return Array.from(forecast!.data, bikesOf);
  }

  function assertClose(actual: readonly number[], expected: readonly number[]): void {
    actual.forEach((value, at) => assert.ok(Math.abs(value - expected[at]!) <= TOLERANCE, `${value} is not ${expected[at]}`));
  }

  it("the network has the 119,139 parameters of the real one", () => {
    const shapes = { "lstm1.W": 512, "lstm1.R": 512 * 128, "lstm1.B": 1024, "lstm2.W": 256 * 128, "lstm2.R": 256 * 64, "lstm2.B": 512, "fc1.weight": 32 * 71, "fc1.bias": 32, "fc2.weight": 96, "fc2.bias": 3 };
    const sizes = Object.fromEntries(Object.keys(shapes).map((name) => [name, reference.parameterCount(name)]));
    assert.deepEqual(sizes, shapes);
    assert.equal(Object.values(sizes).reduce((sum, size) => sum + size, 0), 119_139);
  });

  it("onnxruntime and the float64 loop give what PyTorch gave on held-out windows", async () => {
    assert.equal(vectors.rows.length, 64);
    for (const { historical_bikes, statics, bikes } of vectors.rows) {
      assertClose(reference.forecast(scoresOf(historical_bikes), statics).map(bikesOf), bikes);
      assertClose(await onnxBikes(historical_bikes, statics), bikes);
    }
  });

  it("onnxruntime agrees with the float64 loop to 1e-4, and the served integers exactly, on 200 random requests", async () => {
    const random = generator(20_251_102);
    const codes = Object.keys(stations);
    let ties = 0;
    for (let round = 0; round < 200; round += 1) {
      const capacity = random.integer(10, 74);
      const request = {
        station_code: round % 10 === 0 ? `unheard-of-${round}` : codes[random.integer(0, codes.length - 1)]!,
        historical_bikes: Array.from({ length: 24 }, () => random.integer(0, capacity)),
        hour: random.integer(0, 23),
        day_of_week: random.integer(0, 6),
        is_weekend: random.integer(0, 1) === 1,
        capacity,
        latitude: 48.75 + random.unit() * 0.2,
        longitude: 2.2 + random.unit() * 0.3,
      };
      const statics = [request.hour, request.day_of_week, Number(request.is_weekend), capacity, stations[request.station_code] ?? 0, request.latitude, request.longitude];
      const expected = reference.forecast(scoresOf(request.historical_bikes), statics).map(bikesOf);
      assertClose(await onnxBikes(request.historical_bikes, statics), expected);

      const reply = await invoke(served, request);
      assert.equal(reply.status, 200, reply.text);
      const predictions = reply.body.predictions as Record<string, number>;
      ["T+1h", "T+2h", "T+3h"].forEach((horizon, at) => {
        const bikes = Math.max(0, expected[at]!);
        const isTie = Math.abs(bikes - Math.floor(bikes) - 0.5) <= TOLERANCE;
        if (isTie) ties += 1;
        else assert.equal(predictions[horizon], Math.round(bikes), `${horizon} of ${JSON.stringify(request)}`);
      });
    }
    assert.ok(ties < 10, `${ties} of 600 forecasts lie on a tie: the comparison would be empty`);
  });
});
