import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen } from "cockatiel";
import { SlipwayError } from "./error";

/** When a model's endpoint is left alone for a while, and its fallback called at once. */
export interface FailoverOptions {
  /** Calls in a row that failed over. Default 5. */
  readonly failures?: number;
  /** Milliseconds until one call tries the endpoint again. Default 10 000. */
  readonly probeAfterMs?: number;
}

/**
 * Endpoint first, fallback where the endpoint's error allows it (`failsOver` of
 * the error table): what the caller must mend never goes there. After several
 * such errors in a row the circuit opens: calls go to the fallback alone, and
 * one call at a time finds out whether the endpoint is back.
 */
export class Failover {
  private readonly breaker;
  /** The endpoint's last error: what a caller is told where the circuit is open and the fallback fails too. */
  private last: SlipwayError | undefined;

  /** @throws SlipwayError `option-invalid` */
  constructor({ failures = 5, probeAfterMs = 10_000 }: FailoverOptions = {}) {
    if (!(Number.isInteger(failures) && failures >= 1)) throw new SlipwayError("option-invalid", `failover.failures is ${failures}; it must be a whole number from 1`);
    if (!(probeAfterMs > 0 && Number.isFinite(probeAfterMs))) throw new SlipwayError("option-invalid", `failover.probeAfterMs is ${probeAfterMs}; it must be above 0`);
    this.breaker = circuitBreaker(handleWhen(failsOver), { halfOpenAfter: probeAfterMs, breaker: new ConsecutiveBreaker(failures) });
  }

  async answer<Result>(endpoint: () => Promise<Result>, fallback: () => Promise<Result>): Promise<Result> {
    try {
      return await this.breaker.execute(endpoint);
    } catch (error) {
      if (failsOver(error)) this.last = error;
      else if (!(error instanceof BrokenCircuitError)) throw error;
    }
    const cause = this.last;
    try {
      return await fallback();
    } catch (error) {
      // The endpoint is what the caller asked for; that its fallback failed too is the reason behind it.
      throw cause === undefined ? error : caused(cause, error);
    }
  }
}

const failsOver = (error: unknown): error is SlipwayError => error instanceof SlipwayError && error.failsOver;

/** The same error with another cause. */
function caused(error: SlipwayError, cause: unknown): SlipwayError {
  const { code, model, status, endpoint, variant, path, requestId } = error;
  const message = model === undefined ? error.message : error.message.slice(`${model}: `.length);
  return new SlipwayError(code, message, {
    cause,
    ...(status === null ? {} : { status }),
    ...(model === undefined ? {} : { model }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(variant === undefined ? {} : { variant }),
    ...(path === undefined ? {} : { path }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}
