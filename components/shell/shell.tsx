import type { ReactNode } from "react";
import { AccountMenu, type AccountMenuUser } from "./account-menu.tsx";
import { Breadcrumbs } from "./breadcrumbs.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { Sidebar } from "./sidebar.tsx";
import { SidebarDrawer } from "./sidebar-drawer.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";
import type { WorkspaceChoice } from "./workspace-switcher.tsx";

/**
 * The frame of every page of a workspace. `answersAreScripted`: the offline provider stands in for real models, which
 * must be plain to see. The page is a column of full height inside `main`.
 */
export function Shell({
  workspace,
  workspaces,
  user,
  answersAreScripted,
  children,
}: {
  workspace: { slug: string; name: string };
  workspaces: WorkspaceChoice[];
  user: AccountMenuUser;
  answersAreScripted: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex h-dvh min-h-0">
      <a
        href="#content"
        className="fixed top-1 left-1 z-60 -translate-y-16 rounded-md border border-line-strong bg-raised px-3 py-1.5 focus:translate-y-0"
      >
        Skip to content
      </a>
      <aside aria-label="Sidebar" className="hidden w-52 shrink-0 border-r border-line bg-surface md:block">
        <Sidebar workspace={workspace} workspaces={workspaces} />
      </aside>
      <div className="flex min-w-0 grow flex-col">
        <header className="shrink-0">
          <div className="flex h-11 items-center gap-2 border-b border-line px-3">
            <SidebarDrawer workspace={workspace} workspaces={workspaces} />
            <div className="min-w-0 grow">
              <Breadcrumbs />
            </div>
            <ShortcutsDialog />
            <ThemeToggle />
            <AccountMenu user={user} />
          </div>
          {answersAreScripted ? (
            <p
              data-testid="offline-notice"
              className="shrink-0 border-b border-line bg-surface px-3 py-0.5 text-sm text-ink-muted"
            >
              Offline provider: model answers are scripted.
            </p>
          ) : null}
        </header>
        <main id="content" tabIndex={-1} className="flex min-h-0 grow flex-col overflow-y-auto outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}
