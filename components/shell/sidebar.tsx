"use client";

import { Link } from "#/components/ui/link.tsx";
import { usePathname } from "next/navigation";
import { cn } from "#/components/ui/class-names.ts";
import { isCurrent, navigation } from "./navigation.ts";
import { type WorkspaceChoice, WorkspaceSwitcher } from "./workspace-switcher.tsx";

export type SidebarProps = { workspace: { slug: string; name: string }; workspaces: WorkspaceChoice[] };

/** Workspace switcher and the pages of the workspace; the same in the left column and in the drawer. */
export function Sidebar({ workspace, workspaces, onNavigate }: SidebarProps & { onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 p-2">
      <WorkspaceSwitcher workspace={workspace} workspaces={workspaces} />
      <nav aria-label="Workspace" className="flex min-h-0 grow flex-col gap-3 overflow-y-auto">
        {navigation.map((group) => (
          <div key={group.label ?? "main"}>
            {group.label ? <h2 className="px-2 pb-1 text-xs font-medium text-ink-subtle">{group.label}</h2> : null}
            <ul className="flex flex-col gap-px">
              {group.entries.map(({ label, icon: Icon, path }) => {
                const current = isCurrent(pathname, workspace.slug, path);
                return (
                  <li key={path}>
                    <Link
                      href={`/${workspace.slug}/${path}`}
                      aria-current={current ? "page" : undefined}
                      onClick={onNavigate}
                      className={cn(
                        "flex h-7 items-center gap-2 rounded-md px-2 text-ink-muted hover:bg-hover hover:text-ink",
                        current && "bg-selected font-medium text-ink hover:bg-selected",
                      )}
                    >
                      <Icon aria-hidden className="size-4 shrink-0" />
                      {label}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
    </div>
  );
}
