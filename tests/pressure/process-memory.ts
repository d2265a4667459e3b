import { readFileSync } from "node:fs";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";

const sampleMs = 100;
const kilobytes = 1024;

/** Memory of a process in MB (resident set, threads included): when the watch began, its highest since, and now. */
export type MemoryFigures = { before: number; peak: number; after: number };

/** Looks at the memory of a process until it is stopped. Linux only, as the product is. */
export function watchMemory({ pid }: BackgroundProcess): { stop(): MemoryFigures } {
  const before = residentMb(pid);
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), sampleMs);
  return {
    stop() {
      clearInterval(timer);
      const after = residentMb(pid);
      return { before, peak: Math.max(peak, after), after };
    },
  };
}

/** 0 for a process that is gone. */
function residentMb(pid: number): number {
  try {
    const [, resident = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(resident) / kilobytes);
  } catch {
    return 0;
  }
}
