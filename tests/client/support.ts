import assert from "node:assert/strict";
import { SlipwayError } from "../../client";
import type { VelibLstmRequest, VelibLstmResponse } from "../../client/models.gen";

export const velibRequest: VelibLstmRequest = {
  station_code: "16107",
  historical_bikes: [9, 9, 8, 8, 7, 7, 6, 6, 5, 6, 8, 10, 12, 13, 13, 12, 11, 11, 10, 10, 9, 9, 8, 8],
  hour: 15,
  day_of_week: 3,
  is_weekend: false,
  capacity: 28,
  latitude: 48.85,
  longitude: 2.34,
};

export const velibResponse: VelibLstmResponse = {
  station_code: "16107",
  predictions: { "T+1h": 8, "T+2h": 8, "T+3h": 8 },
  inference_time_ms: 1.5,
  model_version: "v3_475snapshots",
  timestamp: "2026-01-01 15:00:00 UTC",
};

/** The error of a promise that must fail, and fail with the one error of the client. */
export async function rejection(promise: Promise<unknown>): Promise<SlipwayError> {
  const error: unknown = await promise.then(
    () => assert.fail("expected a rejection"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SlipwayError, `expected a SlipwayError, got ${String(error)}`);
  return error;
}
