import assert from "node:assert/strict";
import fc from "fast-check";
import { isErrorCode } from "../../../contract/errors";
import { Connection, type WireAnswer } from "./connection";
import { type FuzzRequest, type FuzzTarget, requests, wireBytes } from "./requests";

export interface FuzzOptions {
  readonly port: number;
  readonly target: FuzzTarget;
  readonly count: number;
  readonly seed: number;
  /** Connections that ask at a time; fewer than the queue has places, so that no request is overloaded. */
  readonly connections?: number;
}

/** `POST /invocations` → status → how many; `closed` where the connection ended without a word, `left` where the caller did. */
export type Counts = { [route: string]: { [status: string]: number } };

/** Requests are generated so many at a time, each time from a seed of its own. */
const CHUNK = 500;

/**
 * Sends requests to a server and holds each answer against what may be said: never a 5xx, and of an error its code.
 *
 * @returns how often each route gave each status.
 * @throws AssertionError with the request that broke the rule, and the seed that makes it again.
 */
export async function fuzz({ port, target, count, seed, connections = 8 }: FuzzOptions): Promise<Counts> {
  const counts: Counts = {};
  const open = Array.from({ length: connections }, () => new Connection(port));
  try {
    for (let done = 0, chunk = 0; done < count; chunk += 1) {
      const some = fc.sample(requests(target), { seed: seed + chunk, numRuns: Math.min(CHUNK, count - done) });
      done += some.length;
      const waiting = [...some];
      await Promise.all(open.map(async (connection) => {
        for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
          const answer = await send(connection, request).catch((error: Error) => assert.fail(describeFailure(error.message, request, seed + chunk)));
          const broken = answer === undefined ? undefined : whatIsWrong(answer);
          if (broken !== undefined) assert.fail(describeFailure(broken, request, seed + chunk));
          const route = (counts[`${request.method} ${routeOf(request.path, target)}`] ??= {});
          const status = answer === undefined ? "left" : answer.status === 0 ? "closed" : String(answer.status);
          route[status] = (route[status] ?? 0) + 1;
        }
      }));
    }
  } finally {
    for (const connection of open) connection.close();
  }
  return counts;
}

async function send(connection: Connection, request: FuzzRequest): Promise<WireAnswer | undefined> {
  const bytes = wireBytes(request);
  if (request.leavesAt === undefined) return connection.ask(bytes, { isHead: request.method === "HEAD", isLast: lies(request) });
  await connection.leave(bytes.subarray(0, Math.max(1, Math.floor(request.leavesAt * bytes.length))));
  return undefined;
}

/** Says of its body what is not so: its end is the end of what the client sends, or the server would wait for more. */
const lies = ({ headers }: FuzzRequest): boolean => headers.some(([name]) => name === "transfer-encoding" || name === "content-length");

function whatIsWrong({ status, body }: WireAnswer): string | undefined {
  if (status >= 500) return `answered ${status}: ${body.slice(0, 300)}`;
  // Of an expectation that it does not know, Node says 417 by itself.
  if (status < 400 || status === 417 || body === "") return undefined;
  try {
    const { code } = (JSON.parse(body) as { error: { code: string } }).error;
    return isErrorCode(code) ? undefined : `answered ${status} with the code ${code}, which is in no table`;
  } catch {
    return `answered ${status} with what is no error of ours: ${body.slice(0, 300)}`;
  }
}

const describeFailure = (what: string, request: FuzzRequest, seed: number): string =>
  `${what}\nseed ${seed}, ${request.family}\n${wireBytes(request).toString("latin1").slice(0, 2000)}`;

/** Addresses that are no route are counted together. */
function routeOf(path: string, { posts, gets }: FuzzTarget): string {
  const bare = path.split(/[?#]/, 1)[0]!;
  return posts.includes(bare) || gets.includes(bare) ? bare : "(no route)";
}
