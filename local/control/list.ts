import { validationException } from "./errors";

/** What every List operation may ask for. */
export interface ListInput {
  readonly SortBy?: string;
  readonly SortOrder?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly NameContains?: string;
  readonly CreationTimeBefore?: number;
  readonly CreationTimeAfter?: number;
  readonly LastModifiedTimeBefore?: number;
  readonly LastModifiedTimeAfter?: number;
  readonly StatusEquals?: string;
}

/** The common face of what is listed. Times are seconds since the epoch. */
export interface Listed {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt?: number;
  readonly status?: string;
}

const DEFAULT_PAGE = 10;

/** Filters, sorts (newest first unless asked otherwise) and cuts one page. Pure. */
export function listPage<Item extends Listed>(items: readonly Item[], input: ListInput): { readonly items: Item[]; readonly nextToken?: string } {
  const start = decodeToken(input.NextToken);
  const matching = items.filter(
    (item) =>
      (input.NameContains === undefined || item.name.includes(input.NameContains)) &&
      (input.StatusEquals === undefined || item.status === input.StatusEquals) &&
      before(item.createdAt, input.CreationTimeBefore) &&
      after(item.createdAt, input.CreationTimeAfter) &&
      before(item.modifiedAt ?? item.createdAt, input.LastModifiedTimeBefore) &&
      after(item.modifiedAt ?? item.createdAt, input.LastModifiedTimeAfter),
  );
  const key = input.SortBy ?? "CreationTime";
  const ascending = (a: Item, b: Item) =>
    (key === "Name" ? 0 : key === "Status" ? order(a.status ?? "", b.status ?? "") : a.createdAt - b.createdAt) || order(a.name, b.name);
  const sorted = [...matching].sort(ascending);
  if ((input.SortOrder ?? "Descending") === "Descending") sorted.reverse();
  const end = start + (input.MaxResults ?? DEFAULT_PAGE);
  return { items: sorted.slice(start, end), ...(end < sorted.length ? { nextToken: encodeToken(end) } : {}) };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const before = (time: number, limit: number | undefined): boolean => limit === undefined || time < limit;
const after = (time: number, limit: number | undefined): boolean => limit === undefined || time > limit;
const encodeToken = (offset: number): string => Buffer.from(`offset:${offset}`).toString("base64url");

function decodeToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^offset:(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (offset === undefined) throw validationException("Invalid NextToken");
  return Number(offset);
}
