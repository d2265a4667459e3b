import type { Scope } from "#/lib/contract/access.ts";
import { closeDatabase } from "#/db/client.ts";
import { makeTwoAccounts, type FixtureWorkspace } from "#/lib/demo/two-accounts.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { httpApi, type HttpApi } from "./http-api.ts";
import type { Stack } from "./processes.ts";
import { useDatabase } from "./tenants.ts";

export type StackTenant = FixtureWorkspace & {
  /** The REST API over the n-th web process (0), with the key of every scope. */
  api(web?: number): HttpApi;
  /** The same with the key that has only this scope. */
  scoped(scope: Scope, web?: number): HttpApi;
};
export type StackTenants = [a1: StackTenant, a2: StackTenant, b1: StackTenant, b2: StackTenant];

/** Two accounts with two workspaces each in a stack's database, to be reached over HTTP. */
export async function stackTenants(stack: Stack): Promise<StackTenants> {
  process.env["REPRISE_MASTER_KEYS"] = stack.env["REPRISE_MASTER_KEYS"];
  useDatabase(stack.databaseUrl);
  try {
    const { accounts } = await makeTwoAccounts();
    return accounts.flatMap(({ workspaces }) =>
      workspaces.map((workspace) => tenantOf(workspace, stack)),
    ) as StackTenants;
  } finally {
    await stopQueue();
    await closeDatabase();
  }
}

function tenantOf(workspace: FixtureWorkspace, stack: Stack): StackTenant {
  const apiWith = (matches: (held: readonly Scope[]) => boolean, web: number) => {
    const key = workspace.apiKeys.find(({ scopes }) => matches(scopes));
    if (!key) throw new Error("the fixture has no such key");
    return httpApi(stack.baseUrls[web] ?? "", key.secret);
  };
  return {
    ...workspace,
    api: (web = 0) => apiWith((held) => held.length > 1, web),
    scoped: (scope, web = 0) => apiWith((held) => held.length === 1 && held[0] === scope, web),
  };
}

/** A workflow of two steps that needs nothing from outside. */
export const greet = {
  name: "greet",
  nodes: [
    { id: "hello", type: "transform", value: "hello {{ trigger.name }}" },
    { id: "shout", type: "transform", needs: ["hello"], value: { text: "{{ nodes.hello.output }}" } },
  ],
  output: "{{ nodes.shout.output.text }}",
};

/** A workflow that gives its payload back, whatever it is. */
export const echo = {
  name: "echo",
  nodes: [{ id: "echo", type: "transform", value: "{{ trigger }}" }],
  output: "{{ nodes.echo.output }}",
};
