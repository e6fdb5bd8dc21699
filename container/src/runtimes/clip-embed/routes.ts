import type { Json } from "../../../../contract/json";
import { RequestError } from "../../failure";
import type { AppRoute } from "../wire";

type Fields = { readonly [field: string]: Json };

/** The addresses of OmniSearch's embedding service, its bodies and its answers (docs/guides/container.md). */
export const embedRoutes: readonly AppRoute[] = [
  { path: "/embed/text", toContract: (body) => textRequest(fieldsOf(body).text, "/text", fieldsOf(body)), fromContract: named },
  { path: "/embed/image", fromContract: named },
  {
    path: "/embed/batch/text",
    toContract: (body) => {
      const { texts } = fieldsOf(body);
      if (!Array.isArray(texts) || texts.length === 0) throw refused("/texts", "must be a list of at least one text");
      return { instances: texts.map((text: Json, place) => textRequest(text, `/texts/${place}`, fieldsOf(body))) };
    },
    fromContract: ({ predictions }) => {
      const embeddings = (predictions as readonly Fields[]).map(({ embedding }) => embedding!);
      return { embeddings, count: embeddings.length, dimension: (embeddings[0] as readonly Json[]).length, service: "local" };
    },
  },
];

/** The seed says by which of its two ways an embedding was made; here it is always this process. */
function named(answer: Fields): Json {
  return { ...answer, service: "local" };
}

function textRequest(text: Json | undefined, path: string, { normalize }: Fields): Fields {
  if (typeof text !== "string" || text.trim() === "") throw refused(path, "must be a text that is not blank");
  if (normalize !== undefined && typeof normalize !== "boolean") throw refused("/normalize", "must be boolean");
  return { type: "text", data: text, ...(normalize === undefined ? {} : { normalize }) };
}

const fieldsOf = (body: Json): Fields => (typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Fields) : {});
const refused = (path: string, wanted: string): RequestError => new RequestError("validation-failed", `${path} ${wanted}`, path);
