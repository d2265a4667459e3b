import { closeDatabase } from "#/db/client.ts";
import { roles, type Role } from "#/lib/contract/access.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { startTestServer } from "./database.ts";
import { startStack, type Stack } from "./processes.ts";
import { seedAccount, type SeededAccount } from "./seeded-workspace.ts";
import { signIn } from "./sign-in.ts";
import { useDatabase } from "./tenants.ts";

/** A workspace for each spec file: the quota is the workspace's, and no list shows another file's runs. */
const workspaceNames = [
  "signin",
  "runs",
  "replay",
  "trace",
  "monitoring",
  "access",
  "pages",
  "admin",
  "compare",
  "mapping",
  "members",
  "demo",
  "codes",
  "spent",
  "dialog",
  "grants",
  "providers",
  "xss",
  "drafts",
  "batches",
  "schedules",
  "editor",
] as const;

export type E2eSeed = SeededAccount & { cookies: Record<Role, [name: string, value: string][]> };

/**
 * Playwright: one web, one worker, offline provider and order service over a fresh database for the whole run, and an
 * account whose members are signed in. Tests find them by `REPRISE_E2E_*`.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const stopServer = await startTestServer();
  try {
    const stack = await startStack({ webs: 1, workers: 1 });
    const seed = await seedStack(stack);
    Object.assign(process.env, {
      REPRISE_E2E_URL: stack.baseUrls[0],
      REPRISE_E2E_PROVIDER_URL: stack.providerUrl,
      REPRISE_E2E_ORDERS_URL: stack.ordersUrl,
      REPRISE_E2E_DATABASE_URL: stack.databaseUrl,
      REPRISE_E2E_ENVIRONMENT: JSON.stringify(stack.env),
      REPRISE_E2E_SEED: JSON.stringify(seed),
    });
    return async () => {
      await stack.stop();
      await stopServer();
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}

async function seedStack(stack: Stack): Promise<E2eSeed> {
  process.env["REPRISE_MASTER_KEYS"] = stack.env["REPRISE_MASTER_KEYS"];
  useDatabase(stack.databaseUrl);
  try {
    const account = await seedAccount(workspaceNames, stack.ordersUrl);
    const [baseUrl = ""] = stack.baseUrls;
    const cookies = {} as E2eSeed["cookies"];
    for (const role of roles) cookies[role] = [...(await signIn(baseUrl, account.members[role]))];
    return { ...account, cookies };
  } finally {
    await stopQueue();
    await closeDatabase();
    delete process.env["DATABASE_URL"];
  }
}
