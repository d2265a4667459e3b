import {
  Boxes,
  Braces,
  CalendarClock,
  KeyRound,
  Layers,
  ListTree,
  type LucideIcon,
  MessageSquareText,
  ScrollText,
  ShieldCheck,
  Users,
  Workflow,
  Wrench,
} from "lucide-react";

type NavigationEntry = { label: string; icon: LucideIcon; path: string };
export type NavigationGroup = { label: string | null; entries: NavigationEntry[] };

/** The sidebar. The trace viewer has no entry: runs open from the list. */
export const navigation: NavigationGroup[] = [
  {
    label: "Monitoring",
    entries: [
      { label: "Runs", icon: ListTree, path: "monitoring/workflow-runs" },
      { label: "Batches", icon: Layers, path: "monitoring/replay-batches" },
    ],
  },
  {
    label: "Build",
    entries: [
      { label: "Workflows", icon: Workflow, path: "workflows" },
      { label: "Schedules", icon: CalendarClock, path: "schedules" },
      { label: "Prompts", icon: MessageSquareText, path: "prompts" },
      { label: "Tools", icon: Wrench, path: "tools" },
      { label: "Variables", icon: Braces, path: "variables" },
    ],
  },
  {
    label: "Control",
    entries: [
      { label: "Models", icon: Boxes, path: "models" },
      { label: "Policies", icon: ShieldCheck, path: "policies" },
      { label: "Audit log", icon: ScrollText, path: "audit-log" },
    ],
  },
  {
    label: "Access",
    entries: [
      { label: "Members", icon: Users, path: "members" },
      { label: "API keys", icon: KeyRound, path: "api-keys" },
    ],
  },
];

/** Is the entry's page, or one below it, on screen? A trace counts as part of the runs. Pure. */
export function isCurrent(pathname: string, workspaceSlug: string, path: string): boolean {
  const here = pathname.slice(workspaceSlug.length + 2);
  if (path === "monitoring/workflow-runs" && here.startsWith("ai/runs")) return true;
  return here === path || here.startsWith(`${path}/`);
}
