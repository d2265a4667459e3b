import { ListTree, type LucideIcon } from "lucide-react";

export type NavigationEntry = { label: string; icon: LucideIcon; path: string };
export type NavigationGroup = { label: string | null; entries: NavigationEntry[] };

/** The sidebar. An entry stands here as soon as its page exists; the trace viewer has none: runs open from the list. */
export const navigation: NavigationGroup[] = [
  { label: "Monitoring", entries: [{ label: "Runs", icon: ListTree, path: "monitoring/workflow-runs" }] },
];

/** Is the entry's page, or one below it, on screen? A trace counts as part of the runs. Pure. */
export function isCurrent(pathname: string, workspaceSlug: string, path: string): boolean {
  const here = pathname.slice(workspaceSlug.length + 2);
  if (path === "monitoring/workflow-runs" && here.startsWith("ai/runs")) return true;
  return here === path || here.startsWith(`${path}/`);
}
