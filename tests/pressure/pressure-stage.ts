import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { startStack, type Stack, type StackOptions } from "#/tests/support/processes.ts";
import { stackTenants } from "#/tests/support/stack-tenants.ts";
import { flow, transform } from "./attack.ts";
import { startHostileServers, type HostileServers } from "./hostile-servers.ts";
import { HostileTenant } from "./hostile-tenant.ts";
import { QuietTenant } from "./quiet-tenant.ts";

/** Heap of each process in MB. Smaller than a machine would give: what is held without need ends a process here. */
const heapMb = 512;
/** What the quiet tenant does, one after the other: twenty requests a second, a third of them new runs. */
const everyMs = 50;

export type PressureStage = {
  stack: Stack;
  servers: HostileServers;
  /** The hostile tenant with a key of every scope, and with one that may only read runs. */
  hostile: HostileTenant;
  reader: HostileTenant;
  /** Another workspace of its account: what is limited by workspace can be had twice. */
  second: HostileTenant;
  /** Ids of the hostile workspaces. */
  hostileIds: string[];
  quiet: QuietTenant;
  stop(): Promise<void>;
};

/** One web process with pages, one worker, and two tenants of different accounts that share them. */
export async function startPressureStage(options: Pick<StackOptions, "databaseUrl">): Promise<PressureStage> {
  const servers = await startHostileServers();
  let stack: Stack | null = null;
  let quiet: QuietTenant | null = null;
  let isOver = false;
  const stop = async () => {
    isOver = true;
    quiet?.stop();
    await stack?.stop();
    await servers.close();
  };
  try {
    const env = { REPRISE_EGRESS_ALLOW: servers.hosts, NODE_OPTIONS: `--max-old-space-size=${heapMb}` };
    stack = await startStack({ ...options, env });
    const started = stack;
    // As an operator's supervisor does: runs whose worker has ended go on.
    const supervise = async (worker: BackgroundProcess): Promise<void> => {
      await worker.exited;
      if (!isOver) void supervise(started.addWorker());
    };
    for (const worker of started.workers) void supervise(worker);
    const [first, second, victim] = await stackTenants(stack);
    const baseUrl = stack.baseUrls[0] ?? "";
    const keyOf = ({ apiKeys }: typeof first, isIt: (scopes: readonly string[]) => boolean) =>
      apiKeys.find(({ scopes }) => isIt(scopes))?.secret ?? "";
    const every = (scopes: readonly string[]) => scopes.length > 1;
    const reading = (scopes: readonly string[]) => scopes.length === 1 && scopes[0] === "runs:read";
    const quietKey = keyOf(victim, every);
    const slug = await new HostileTenant(baseUrl, quietKey).push(
      flow([transform("hello", "hello"), transform("shout", "{{ nodes.hello.output }}!", { needs: ["hello"] })]),
    );
    quiet = new QuietTenant({ baseUrl, key: quietKey, slug, everyMs });
    return {
      ...{ stack, servers, quiet, stop },
      hostile: new HostileTenant(baseUrl, keyOf(first, every)),
      reader: new HostileTenant(baseUrl, keyOf(first, reading)),
      second: new HostileTenant(baseUrl, keyOf(second, every)),
      hostileIds: [first.id, second.id],
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
