import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeDirectory } from "./paths.ts";
import { commandLineOf, isAlive, signal, waitUntil, type ProcessIdentity } from "./process-identity.ts";

/** What a running demo has started, so that the next one can end what a killed one left behind. */
export type DemoRecord = {
  launcher: ProcessIdentity | null;
  url: string;
  processes: { identity: ProcessIdentity; script: string }[];
  /** The embedded server's process if the demo started it: whoever takes over the demo also ends it. */
  databasePid: number | null;
};

const file = () => join(homeDirectory(), "demo.json");

export function writeDemoRecord(record: DemoRecord): void {
  writeFileSync(file(), JSON.stringify(record), { mode: 0o600 });
}

export function removeDemoRecord(): void {
  rmSync(file(), { force: true });
}

export function readDemoRecord(): DemoRecord | null {
  try {
    return JSON.parse(readFileSync(file(), "utf8")) as DemoRecord;
  } catch {
    return null;
  }
}

/**
 * Ends what an earlier demo that was killed has left running: only processes that are the recorded ones by pid, start
 * time and command line. Returns how many that were.
 */
export async function endOrphans(record: DemoRecord, graceMs = 5_000): Promise<number> {
  const orphans = record.processes.filter(isStillOurs).map(({ identity }) => identity);
  const allGone = () => !orphans.some(isAlive);
  for (const { pid } of orphans) signal(pid, "SIGTERM");
  if (await waitUntil(allGone, graceMs)) return orphans.length;
  for (const { pid } of orphans.filter(isAlive)) signal(-pid, "SIGKILL");
  await waitUntil(allGone, 2_000);
  return orphans.length;
}

/** `next start` renames itself in the process list. */
function isStillOurs({ identity, script }: DemoRecord["processes"][number]): boolean {
  const command = commandLineOf(identity.pid);
  return isAlive(identity) && (command.includes(script) || Boolean(command[0]?.startsWith("next-server")));
}
