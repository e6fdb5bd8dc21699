import { get } from "node:http";

const LIMIT_MS = 2000;

/** Asks the server of this container whether it can answer, for an image's health check. @returns the exit code: 0 or 1. */
export function ping(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/ping", timeout: LIMIT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 0 : 1);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(1));
  });
}
