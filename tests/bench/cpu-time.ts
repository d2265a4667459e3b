import { readdirSync, readFileSync } from "node:fs";
import { rawClient } from "#/db/client.ts";

/** Linux counts in 1/100 s (USER_HZ). */
const tickMs = 10;

/**
 * CPU time so far, in ms, of these processes and of all processes of the database's server: what other work on the machine
 * hardly changes, unlike time on the wall. Null where there is no /proc.
 */
export async function cpuTimeMs(pids: readonly (number | undefined)[]): Promise<number | null> {
  const [row] = await rawClient()<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const all = processes();
  const server = all.find(({ pid }) => pid === row?.pid)?.parent;
  if (server === undefined) return null;
  return all
    .filter(({ pid, parent }) => pid === server || parent === server || pids.includes(pid))
    .reduce((sum, { ticks }) => sum + ticks * tickMs, 0);
}

function processes(): { pid: number; parent: number; ticks: number }[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, "utf8");
          // proc(5): the name in parentheses may hold spaces; behind it come state, ppid, and as 14th and 15th utime, stime.
          const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
          return [{ pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
        } catch {
          return [];
        }
      });
  } catch {
    return [];
  }
}
