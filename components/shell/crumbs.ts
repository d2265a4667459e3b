export type Crumb = { label: string; href: string | null; mono?: boolean };

const sections: Record<string, { label: string; path: string }> = {
  "monitoring/workflow-runs": { label: "Runs", path: "monitoring/workflow-runs" },
  "monitoring/replay-batches": { label: "Batches", path: "monitoring/replay-batches" },
  // The trace viewer sits below the list from which a run is opened.
  "ai/runs": { label: "Runs", path: "monitoring/workflow-runs" },
};

/** Pages directly below the workspace, and whether an id names what lies below them. */
const areas: Record<string, { label: string; ids: boolean }> = {
  workflows: { label: "Workflows", ids: false },
  schedules: { label: "Schedules", ids: true },
  prompts: { label: "Prompts", ids: true },
  tools: { label: "Tools", ids: true },
  models: { label: "Models", ids: true },
  policies: { label: "Policies", ids: true },
  members: { label: "Members", ids: true },
  "api-keys": { label: "API keys", ids: true },
  variables: { label: "Variables", ids: true },
  "audit-log": { label: "Audit log", ids: true },
};

/** The breadcrumbs of a page of a workspace, from its path; the last crumb has no link. Pure. */
export function crumbsOf(pathname: string): Crumb[] {
  const [slug, area, noun, id, ...rest] = pathname.split("/").filter(Boolean).map(decodeSegment);
  if (slug && area && Object.hasOwn(areas, area)) return areaCrumbs(slug, area, noun, id);
  const key = `${area}/${noun}`;
  const section = sections[key];
  if (!slug || !section) return [];
  const list = { label: section.label, href: `/${slug}/${section.path}` };
  if (!id) return [{ ...list, href: null }];
  const trace = { label: id, mono: true, href: `/${slug}/ai/runs/${id}` };
  if (noun === "replay-batches") return [list, { label: id, mono: true, href: null }];
  if (area === "monitoring") return [list, trace, { label: "Monitoring detail", href: null }];
  return rest[0] === "compare" ? [list, trace, { label: "Compare", href: null }] : [list, { ...trace, href: null }];
}

function areaCrumbs(slug: string, area: string, thing: string | undefined, page: string | undefined): Crumb[] {
  const { label, ids } = areas[area] ?? { label: area, ids: true };
  if (!thing) return [{ label, href: null }];
  const list = { label, href: `/${slug}/${area}` };
  if (area !== "workflows" || page !== "edit") return [list, { label: thing, mono: ids, href: null }];
  const workflow = { label: thing, mono: ids, href: `/${slug}/${area}/${encodeURIComponent(thing)}` };
  return [list, workflow, { label: "Edit", href: null }];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
