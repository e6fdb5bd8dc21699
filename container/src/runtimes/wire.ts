import type { Json } from "../../../contract/json";

/** Text, or bytes. */
export type Answer = string | Uint8Array;

/**
 * What a runtime reads and writes beside JSON. The HTTP layer learns it from here, without loading
 * the runtime.
 */
export interface Wire {
  /** A file that may come as it is, where JSON has to carry it in base64. */
  readonly file?: FileWire;
  /** Media types of answers beside `application/json`, and how the answers to several requests become one body. */
  readonly answers?: { readonly [mediaType: string]: (answers: readonly Answer[], several: boolean) => Answer };
  /**
   * Kinds of request, and how many of a kind gain from being computed together: beyond it memory grows
   * and speed does not.
   */
  readonly kinds: { readonly [kind: string]: number };
  /** Which of the kinds a request is that satisfies the contract. Not needed where there is one. */
  readonly kindOf?: (value: Json) => string;
  /** The same inference under the addresses that apps know, served where `SLIPWAY_ROUTES=app`. */
  readonly routes?: readonly AppRoute[];
  /** What apps read of the server's health beside what every runtime says, and other addresses that they read it at. */
  readonly health?: { readonly paths: readonly string[]; readonly fields: (healthy: boolean, at: Date) => { readonly [field: string]: Json } };
}

/** An app's address for the model. Pure functions; without them body and answer are the contract's. */
export interface AppRoute {
  readonly path: string;
  /** @throws RequestError for a body that the app's own rules refuse, with the app's path. */
  readonly toContract?: (body: Json) => Json;
  readonly fromContract?: (answer: { readonly [field: string]: Json }) => Json;
}

export interface FileWire {
  /** The field of the contract that the file stands for. */
  readonly field: string;
  /** Other fields that a request has which is nothing but a file. */
  readonly fixed: { readonly [field: string]: string };
  /** Media types of a body that is the file; `image/*` is any image. */
  readonly types: readonly string[];
  /** Names that the file part of `multipart/form-data` may have; its other parts are fields of the contract. */
  readonly parts: readonly string[];
}

export const JSON_TYPE = "application/json";

/** The JSON text of an answer: of one request, or of several as `{ "predictions": [ … ] }`. */
export const jsonAnswer = (answers: readonly Answer[], several: boolean): string => (several ? `{"predictions":[${answers.join(",")}]}` : (answers[0] as string));
