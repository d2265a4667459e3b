import { type TimeRange, timeRanges } from "#/components/runs/run-list-query.ts";
import { type PageAddress, readPage, type SearchParams } from "#/components/shell/list-pages.ts";
import { momentOf } from "#/lib/contract/moment.ts";
import { storableText } from "#/lib/contract/text.ts";

/** Events on one page. */
export const eventsPerPage = 50;

/** What the audit log's address holds, except the page. */
export type AuditFilterQuery = {
  action: string | null;
  actor: string | null;
  target: string | null;
  range: TimeRange | null;
  from: string | null;
  to: string | null;
};
export type AuditQuery = AuditFilterQuery & { page: PageAddress };

/** Reads the address; what cannot be understood is left out. Pure. */
export function parseAuditQuery(params: SearchParams): AuditQuery {
  const one = (name: string) => [params[name]].flat()[0] ?? "";
  const word = (name: string) => (/^[a-z0-9_.-]{1,100}$/i.test(one(name)) ? one(name) : null);
  const range = one("range");
  return {
    action: word("action"),
    actor: word("actor"),
    target: storableText(one("target")).slice(0, 300) || null,
    range: Object.hasOwn(timeRanges, range) ? (range as TimeRange) : null,
    from: instantOf(one("from")),
    to: instantOf(one("to")),
    page: readPage(params),
  };
}

/** The filters as parameters; defaults are left out, a range wins over two instants. Pure. */
export function auditSearch(query: AuditFilterQuery): URLSearchParams {
  const { action, actor, target, range } = query;
  const shown = {
    action,
    actor,
    target,
    range,
    from: range ? null : query.from,
    to: range ? null : query.to,
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(shown)) if (value !== null) search.set(name, value);
  return search;
}

/** What the API and the verb filter by. */
export type AuditFilter = Partial<Record<"action" | "actor" | "target" | "from" | "to", string | undefined>>;

/** The filter for the verb; a relative range is counted back from `nowMs`. Pure. */
export function auditFilterOf(query: AuditFilterQuery, nowMs: number): AuditFilter {
  const { action, actor, target, range } = query;
  const from = range ? new Date(nowMs - timeRanges[range].ms).toISOString() : query.from;
  return {
    action: action ?? undefined,
    actor: actor ?? undefined,
    target: target ?? undefined,
    from: from ?? undefined,
    to: (range ? null : query.to) ?? undefined,
  };
}

export function hasAuditFilter(query: AuditFilterQuery): boolean {
  return auditSearch(query).size > 0;
}

function instantOf(text: string): string | null {
  const time = momentOf(text);
  return time !== null && time.getUTCFullYear() >= 1970 && time.getUTCFullYear() <= 9999 ? time.toISOString() : null;
}
