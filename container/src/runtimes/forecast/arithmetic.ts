/**
 * The arithmetic around the network of a bike forecast: pure functions over
 * plain numbers. What each step must be is set by the system that callers know.
 */

/** A request that satisfies the contract. */
export interface ForecastRequest {
  readonly station_code: string;
  /** Bikes at the last 24 full hours, oldest first. */
  readonly historical_bikes: readonly number[];
  readonly hour: number;
  readonly day_of_week: number;
  readonly is_weekend: boolean;
  readonly capacity: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** A standard scaler of one feature: z = (bikes − mean) / scale. */
export interface Scaler {
  readonly mean: number;
  readonly scale: number;
}

export const WINDOW_HOURS = 24;
export const HORIZONS = ["T+1h", "T+2h", "T+3h"] as const;
export const STATIC_COUNT = 7;
/** A code that the model was not trained on is forecast as this station. */
export const UNKNOWN_STATION_ID = 0;

/** The window as the network reads it: [24] z-scores. */
export function historyScores(bikes: readonly number[], scaler: Scaler): Float32Array {
  return Float32Array.from(bikes, (value) => (value - scaler.mean) / scaler.scale);
}

/** The seven static inputs, raw, in the order the network was trained with. */
export function staticInputs(request: ForecastRequest, stationId: number): Float32Array {
  return Float32Array.of(
    request.hour,
    request.day_of_week,
    request.is_weekend ? 1 : 0,
    request.capacity,
    stationId,
    request.latitude,
    request.longitude,
  );
}

/** A z-score of the network as whole bikes: un-scaled, never below zero, halves to even. Not capped at the capacity. */
export function wholeBikes(score: number, scaler: Scaler): number {
  return roundHalfToEven(Math.max(0, score * scaler.scale + scaler.mean));
}

/** numpy's and IEEE 754's rounding: 0.5 → 0, 1.5 → 2, 2.5 → 2. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  if (fraction !== 0.5) return fraction < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** `2025-11-02 15:04:09 UTC`. */
export function utcTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export const roundTo2 = (value: number): number => Math.round(value * 100) / 100;
