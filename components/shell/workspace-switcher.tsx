"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { useRouter } from "next/navigation";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";
import { Logo } from "./logo.tsx";

export type WorkspaceChoice = { slug: string; name: string; accountName: string };

/** The workspace on screen, and the others the person is a member of, by account. */
export function WorkspaceSwitcher({
  workspace,
  workspaces,
}: {
  workspace: { slug: string; name: string };
  workspaces: WorkspaceChoice[];
}) {
  const router = useRouter();
  const accounts = [...new Set(workspaces.map((each) => each.accountName))];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex h-9 w-full shrink-0 items-center gap-2 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover">
        <Logo className="size-4 shrink-0 text-accent" />
        <span className="min-w-0 grow truncate font-semibold">
          <span className="sr-only">Workspace </span>
          {workspace.name}
        </span>
        <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-subtle" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-60">
        {accounts.map((account) => (
          <div key={account}>
            <DropdownMenuLabel>{account}</DropdownMenuLabel>
            {workspaces
              .filter((each) => each.accountName === account)
              .map((each) => (
                <DropdownMenuItem
                  key={each.slug}
                  onSelect={() => router.push(`/${each.slug}/monitoring/workflow-runs`)}
                  aria-current={each.slug === workspace.slug || undefined}
                >
                  <span className="min-w-0 grow truncate">{each.name}</span>
                  {each.slug === workspace.slug ? <Check aria-hidden /> : null}
                </DropdownMenuItem>
              ))}
          </div>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
