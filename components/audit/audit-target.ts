import type { AuditEventView } from "#/lib/contract/administration.ts";

/** The page of the thing that an event is about; null when there is none. Pure. */
export function targetPath(workspaceSlug: string, event: Pick<AuditEventView, "target" | "details">): string | null {
  const { target, details } = event;
  if (target === null) return null;
  if (/^run_[0-9a-z]+$/.test(target)) return `/${workspaceSlug}/ai/runs/${target}`;
  if (/^prompt_[0-9a-z]+$/.test(target)) return `/${workspaceSlug}/prompts/${target}`;
  const { slug } = details;
  if (target.startsWith("wf_") && typeof slug === "string" && /^[a-z0-9-]+$/.test(slug))
    return `/${workspaceSlug}/workflows/${slug}`;
  return null;
}

/** An event's details on one line: `slug: support-refund, version: 2`. Pure. */
export function detailsLine(details: AuditEventView["details"]): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
