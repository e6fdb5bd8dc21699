import type { Json } from "../../../../contract/json";
import type { Inputs, Network } from "../../backends/backend";
import type { Model, Runtime, RuntimeContext } from "../runtime";
import { together } from "../together";
import {
  type ForecastRequest,
  HORIZONS,
  historyScores,
  roundTo2,
  type Scaler,
  STATIC_COUNT,
  staticInputs,
  UNKNOWN_STATION_ID,
  utcTimestamp,
  WINDOW_HOURS,
  wholeBikes,
} from "./arithmetic";

/**
 * Bikes at a station one, two and three hours ahead.
 *
 * Roles: `network` (ONNX: `history` [batch, 24] and `statics` [batch, 7] to
 * `forecast` [batch, 3], z-scores), `scaler` (`{ mean, scale }`), `stations`
 * (code → id). Settings: `label` (what callers read as `model_version`),
 * `threads`.
 */
export const forecast: Runtime = { load };

async function load(context: RuntimeContext): Promise<Model> {
  const scaler = readScaler(context.take("scaler"));
  const stations = readStations(context.take("stations"));
  const network = await context.loadOnnx(context.take("network"), { threads: Number(context.settings.threads ?? 1) });
  requireNames(network);
  const modelVersion = String(context.settings.label ?? context.version);

  // The first run of a session allocates; nobody should wait for it.
  await network.run(tensors([{ history: new Float32Array(WINDOW_HOURS), statics: new Float32Array(STATIC_COUNT) }]));

  return {
    infer: (requests) =>
      together(requests, {
        preparedAtOnce: requests.length,
        prepare: ({ value }) => {
          const request = value as unknown as ForecastRequest;
          return { history: historyScores(request.historical_bikes, scaler), statics: staticInputs(request, stations.get(request.station_code) ?? UNKNOWN_STATION_ID) };
        },
        compute: async (prepared) => {
          const { forecast: scores } = await network.run(tensors(prepared));
          const { data } = scores!;
          if (!data.every(Number.isFinite)) throw new Error("the network's output is not finite");
          return prepared.map((_, row) => data.subarray(row * HORIZONS.length, (row + 1) * HORIZONS.length));
        },
        answer: (scores, _prepared, { value }, inferenceMs): Json => ({
          station_code: (value as unknown as ForecastRequest).station_code,
          predictions: Object.fromEntries(HORIZONS.map((horizon, column) => [horizon, wholeBikes(scores[column]!, scaler)])) as Json,
          inference_time_ms: roundTo2(inferenceMs),
          model_version: modelVersion,
          timestamp: utcTimestamp(context.now()),
        }),
      }),
  };
}

interface NetworkInput {
  readonly history: Float32Array;
  readonly statics: Float32Array;
}

function tensors(rows: readonly NetworkInput[]): Inputs {
  return {
    history: { data: joined(rows.map(({ history }) => history), WINDOW_HOURS), shape: [rows.length, WINDOW_HOURS] },
    statics: { data: joined(rows.map(({ statics }) => statics), STATIC_COUNT), shape: [rows.length, STATIC_COUNT] },
  };
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, place) => all.set(row, place * width));
  return all;
}

function requireNames(network: Network): void {
  const names = [...network.inputNames].sort().join(", ");
  if (names !== "history, statics") throw new Error(`the network's inputs are ${names}; the forecast runtime gives history, statics`);
  if (!network.outputNames.includes("forecast")) throw new Error(`the network's outputs are ${network.outputNames.join(", ")}; the forecast runtime reads forecast`);
}

function readScaler(file: Uint8Array): Scaler {
  const { mean, scale } = JSON.parse(new TextDecoder().decode(file)) as Partial<Scaler>;
  if (typeof mean !== "number" || typeof scale !== "number" || !Number.isFinite(mean) || !(scale > 0)) {
    throw new Error("the scaler must be { mean, scale } with a scale above 0");
  }
  return { mean, scale };
}

function readStations(file: Uint8Array): Map<string, number> {
  const stations = new Map(Object.entries(JSON.parse(new TextDecoder().decode(file)) as Record<string, number>));
  for (const [code, id] of stations) if (!Number.isInteger(id) || id < 0) throw new Error(`the id of station ${code} must be a whole number`);
  return stations;
}
