import { momentOf } from "#/lib/contract/moment.ts";
import {
  isPayloadField,
  mostPayloadFilters,
  payloadFault,
  type PayloadFilter,
  payloadFilterOf,
} from "#/lib/contract/payload-path.ts";
import type { RunFilter } from "#/lib/contract/run.ts";
import { RunStatus } from "#/lib/contract/status.ts";
import { storableText } from "#/lib/contract/text.ts";

/** Runs on one page of the list. */
export const runsPerPage = 50;
const longestTrail = 12;

export const timeRanges = {
  "15m": { label: "Last 15 minutes", ms: 900_000 },
  "1h": { label: "Last hour", ms: 3_600_000 },
  "24h": { label: "Last 24 hours", ms: 86_400_000 },
  "7d": { label: "Last 7 days", ms: 7 * 86_400_000 },
  "30d": { label: "Last 30 days", ms: 30 * 86_400_000 },
} as const;
export type TimeRange = keyof typeof timeRanges;

export const runModes = ["original", "as_is", "prompt", "model"] as const;
export type RunModeFilter = (typeof runModes)[number];

export type RunCursor = { createdAt: string; id: string };

/** What the list's address holds. `trail` are the cursors of the pages before this one, nearest last. */
export type RunListQuery = {
  status: RunStatus[];
  workflow: string[];
  version: number | null;
  mode: RunModeFilter[];
  tag: string[];
  environment: string[];
  payload: PayloadFilter;
  /** Replays of this batch only. */
  batch: string | null;
  /** Runs that this schedule started only. */
  schedule: string | null;
  range: TimeRange | null;
  from: string | null;
  to: string | null;
  q: string;
  cursor: string | null;
  trail: string[];
};

export type SearchParams = Record<string, string | string[] | undefined>;

/** Reads the address. What cannot be understood is left out, so an old or mistyped link still shows a list. Pure. */
export function parseRunListQuery(params: SearchParams): RunListQuery {
  const one = (name: string) => storable([params[name]].flat().find((value) => value));
  const several = (name: string, longest: number) => [
    ...new Set([params[name]].flat().flatMap((value) => storable(value)?.slice(0, longest) ?? [])),
  ];
  const statuses = several("status", 128).flatMap((value) => value.split(","));
  const cursor = one("cursor");
  const range = one("range");
  const version = Number(one("version"));
  return {
    status: [...new Set(statuses)].filter((value): value is RunStatus => RunStatus.safeParse(value).success),
    workflow: several("workflow", 128),
    version: Number.isInteger(version) && version > 0 && version <= 2_147_483_647 ? version : null,
    mode: runModes.filter((known) => several("mode", 128).includes(known)),
    tag: several("tag", 128),
    environment: several("environment", 32),
    payload: payloadOf(params),
    batch: one("batch")?.slice(0, 64) ?? null,
    schedule: one("schedule")?.slice(0, 64) ?? null,
    range: range !== null && Object.hasOwn(timeRanges, range) ? (range as TimeRange) : null,
    from: instantOf(one("from")),
    to: instantOf(one("to")),
    q: (one("q") ?? "").slice(0, 256),
    cursor: cursor !== null && decodeCursor(cursor) ? cursor : null,
    trail: (one("trail") ?? "").split("~").filter((value) => decodeCursor(value)),
  };
}

function payloadOf(params: SearchParams): PayloadFilter {
  const fields = Object.entries(params).flatMap(([name, value]) => {
    const text = [value].flat()[0];
    if (!isPayloadField(name) || text === undefined || text.includes("\u0000")) return [];
    return payloadFault(name, text) === null ? [[name, text] as const] : [];
  });
  return Object.fromEntries(fields.slice(0, mostPayloadFilters));
}

function storable(text: string | undefined): string | null {
  return storableText(text ?? "") || null;
}

function instantOf(text: string | null): string | null {
  const time = text === null ? null : momentOf(text);
  return time !== null && time.getUTCFullYear() >= 1970 ? time.toISOString() : null;
}

/** The address's search part, without `?`; defaults are left out. The inverse of `parseRunListQuery`. Pure. */
export function runListSearch(query: RunListQuery): string {
  const search = new URLSearchParams();
  for (const name of ["status", "workflow", "mode", "tag", "environment"] as const)
    for (const value of query[name]) search.append(name, value);
  const single = {
    version: query.version,
    batch: query.batch,
    schedule: query.schedule,
    range: query.range,
    from: query.range ? null : query.from,
    to: query.range ? null : query.to,
    q: query.q,
    cursor: query.cursor,
    trail: query.cursor ? query.trail.join("~") : null,
  };
  for (const [name, value] of Object.entries(single))
    if (value !== null && value !== "") search.set(name, String(value));
  for (const [field, value] of Object.entries(query.payload)) search.set(field, value);
  return search.toString();
}

/** A new filter leads back to the first page. Pure. */
export function withFilter(query: RunListQuery, change: Partial<RunListQuery>): RunListQuery {
  const isElsewhere = change.workflow !== undefined && change.workflow.join() !== query.workflow.join();
  const version = isElsewhere ? null : query.version;
  return { ...query, version, ...change, cursor: null, trail: [] };
}

/** The page after this one, whose last run is `last`. Pure. */
export function nextPage(query: RunListQuery, last: RunCursor): RunListQuery {
  const trail = query.cursor ? [...query.trail, query.cursor].slice(-longestTrail) : [];
  return { ...query, cursor: encodeCursor(last), trail };
}

/** The page before this one; null on the first. A trail that was cut leads to the newest runs. Pure. */
export function previousPage(query: RunListQuery): RunListQuery | null {
  if (query.cursor === null) return null;
  return { ...query, cursor: query.trail.at(-1) ?? null, trail: query.trail.slice(0, -1) };
}

/** The first page under the same filters. Pure. */
export function newestPage(query: RunListQuery): RunListQuery {
  return { ...query, cursor: null, trail: [] };
}

export function hasFilter(query: RunListQuery): boolean {
  return runListSearch(newestPage(query)) !== "";
}

/** The filter for the verb and the API; a relative range is counted back from `nowMs`. Pure. */
export function runFilterOf(query: RunListQuery, nowMs: number): RunFilter {
  const from = query.range ? new Date(nowMs - timeRanges[query.range].ms).toISOString() : query.from;
  return {
    status: given(query.status),
    workflow: given(query.workflow),
    version: query.version ?? undefined,
    mode: given(query.mode),
    tag: given(query.tag),
    environment: given(query.environment),
    batch: query.batch ?? undefined,
    schedule: query.schedule ?? undefined,
    from: from ?? undefined,
    to: (query.range ? null : query.to) ?? undefined,
    ...payloadAndText(query),
  };
}

function given<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}

/** What is typed as `payload.PATH=VALUE` is a payload field; anything else is searched as text. */
function payloadAndText({ q, payload }: RunListQuery): Pick<RunFilter, "q" | `payload.${string}`> {
  const typed = isPayloadField(q) ? payloadFilterOf(q.slice("payload.".length)) : null;
  const fields = typed ? { ...payload, [typed.field]: typed.value } : payload;
  const isTaken = typed !== null && Object.keys(fields).length <= mostPayloadFilters;
  return isTaken ? fields : { ...payload, q: q === "" ? undefined : q };
}

/** The same filter as a search part for `GET /api/v1/runs`. Pure. */
export function apiSearchOf(filter: RunFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    for (const each of [value].flat()) if (each !== undefined) search.append(name, String(each));
  return search;
}

/** A position in the list as short text for the address: time in base 36, a dot, the id. */
export function encodeCursor(cursor: RunCursor): string {
  return `${Date.parse(cursor.createdAt).toString(36)}.${cursor.id}`;
}

/** The inverse; null for anything else. It opens nothing: the list is always read within the workspace. */
export function decodeCursor(text: string): RunCursor | null {
  const match = /^([0-9a-z]{1,9})\.(run_[0-9a-z]{1,60})$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  const time = new Date(Number.parseInt(match[1], 36));
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999) return null;
  return { createdAt: time.toISOString(), id: match[2] };
}
