import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "../failure";

export type Authorise = (headers: IncomingHttpHeaders) => void;

/** What a refused caller is told to send (https://www.rfc-editor.org/rfc/rfc6750#section-3). */
const CHALLENGE = { "www-authenticate": 'Bearer realm="slipway"' };
/** The scheme in any case, one or more spaces, the token: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const CREDENTIALS = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/**
 * Lets a request pass that carries this token.
 *
 * Digests are compared, not the tokens: they have one length whatever was sent,
 * so that neither the length nor the first wrong character shows in the time.
 *
 * @returns a function that throws RequestError `unauthorized`; it never says what was wrong with the token.
 */
export function bearer(token: string, equal: (a: Buffer, b: Buffer) => boolean = timingSafeEqual): Authorise {
  const expected = digest(token);
  return ({ authorization = "" }) => {
    const given = CREDENTIALS.exec(authorization)?.[1];
    // A request without a token takes the same path as one with a wrong one.
    if (!equal(digest(given ?? ""), expected) || given === undefined) {
      throw new RequestError("unauthorized", "the request carries no valid bearer token", undefined, CHALLENGE);
    }
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
