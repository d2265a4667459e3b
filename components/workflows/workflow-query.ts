import type { SearchParams } from "#/components/shell/list-pages.ts";

export const versionViews = ["nodes", "graph", "definition", "difference"] as const;
export type VersionView = (typeof versionViews)[number];

/** What the address of a workflow's page holds; `from` is the version that the difference starts at. */
export type WorkflowQuery = { version: number | null; view: VersionView; from: number | null };

/** Reads the address; what cannot be understood is left out. Pure. */
export function parseWorkflowQuery(params: SearchParams): WorkflowQuery {
  const one = (name: string) => [params[name]].flat()[0] ?? "";
  const view = one("view");
  return {
    version: versionNumber(one("version")),
    view: versionViews.find((known) => known === view) ?? "nodes",
    from: versionNumber(one("from")),
  };
}

/** The address's search part with its `?`, defaults left out; the inverse of reading it. Pure. */
export function workflowSearch({ version, view, from }: WorkflowQuery): string {
  const search = new URLSearchParams();
  if (version !== null) search.set("version", String(version));
  if (view !== "nodes") search.set("view", view);
  if (from !== null && view === "difference") search.set("from", String(from));
  return search.size === 0 ? "" : `?${search}`;
}

/**
 * The versions that the page is about: the one asked for, else the newest; and the one it is compared with: the one
 * asked for, else the next older (next newer for the oldest). `numbers` are newest first. Pure.
 */
export function chooseVersions(
  query: Pick<WorkflowQuery, "version" | "from">,
  numbers: readonly number[],
): { shown: number; from: number | null; missing: number | null } | null {
  const [newest] = numbers;
  if (newest === undefined) return null;
  const asked = query.version !== null && numbers.includes(query.version) ? query.version : null;
  const shown = asked ?? newest;
  const from = query.from !== null && query.from !== shown && numbers.includes(query.from) ? query.from : null;
  const older = numbers.find((number) => number < shown) ?? numbers.findLast((number) => number > shown) ?? null;
  return { shown, from: from ?? older, missing: query.version !== null && asked === null ? query.version : null };
}

function versionNumber(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
