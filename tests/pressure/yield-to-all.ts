import { readdirSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

const { PRIORITY_LOW: lowest, PRIORITY_NORMAL: normal } = constants.priority;

/**
 * Gives this process the lowest priority: each of its threads (some collect garbage), for good, and its session, until
 * what it returns is called. Linux may divide the processor among sessions first (`sched_autogroup_enabled`); then the
 * priority of a thread means nothing to the threads of another session.
 */
export function yieldToAll(): () => void {
  for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), lowest);
  prioritiseSession(lowest);
  return () => prioritiseSession(normal);
}

function prioritiseSession(nice: number): void {
  try {
    writeFileSync("/proc/self/autogroup", String(nice));
  } catch {
    // There are no such groups: the threads' priorities count for all.
  }
}
