import { readFileSync } from "node:fs";
import { messageOf, StartError } from "../failure";

/** Where the token is: in the variable itself, or in a file, which no list of settings shows. */
export const TOKEN_VARIABLE = "SLIPWAY_TOKEN";
export const TOKEN_FILE_VARIABLE = "SLIPWAY_TOKEN_FILE";

/** What may stand after `Bearer ` (https://www.rfc-editor.org/rfc/rfc6750#section-2.1), long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,4094}=*$/;

/**
 * The token that callers must send; undefined where none is asked for, as on
 * SageMaker, which has checked the caller already.
 *
 * @throws StartError `token-invalid`: a server that was meant to ask for a token never starts without.
 */
export function readToken(environment: { readonly [name: string]: string | undefined }): string | undefined {
  const { [TOKEN_VARIABLE]: direct, [TOKEN_FILE_VARIABLE]: file } = environment;
  if (direct === undefined && file === undefined) return undefined;
  if (direct !== undefined && file !== undefined) throw invalid(`both ${TOKEN_VARIABLE} and ${TOKEN_FILE_VARIABLE} are set`);
  const token = direct ?? readFile(file!);
  if (!TOKEN.test(token)) throw invalid(`the token in ${direct === undefined ? file! : TOKEN_VARIABLE} is not 16 or more letters, digits and . _ ~ + / -`);
  return token;
}

/** One line end at the end of a file is the editor's, not the token's. */
function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw invalid(`the file of ${TOKEN_FILE_VARIABLE} cannot be read: ${messageOf(error)}`);
  }
}

const invalid = (message: string): StartError => new StartError("token-invalid", message);
