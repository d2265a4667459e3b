import type { ReactNode } from "react";
import { Shell } from "#/components/shell/shell.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { env } from "#/lib/core/env.ts";
import { listMyWorkspaces } from "#/lib/tenancy/list-workspaces.ts";

type Props = { params: Promise<{ workspaceSlug: string }>; children: ReactNode };

export default async function WorkspaceLayout({ params, children }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const workspaces = await listMyWorkspaces(ctx);
  const user = ctx.actor.kind === "user" ? ctx.actor : { email: "", name: "", role: "viewer" };
  return (
    <Shell
      workspace={{ slug: ctx.workspace.slug, name: ctx.workspace.name }}
      workspaces={workspaces.map(({ slug, name, accountName }) => ({ slug, name, accountName }))}
      user={{ email: user.email, name: user.name, role: user.role }}
      answersAreScripted={Boolean(env("REPRISE_OFFLINE_PROVIDER"))}
    >
      {children}
    </Shell>
  );
}
