import { getPriority, setPriority } from "node:os";

/**
 * Lowers the priority of the calling thread, alone: on Linux each thread has its own, and 0 names the caller. With `nice` of
 * 5 it gets a quarter of a processor that another thread wants as well, with 10 a tenth, so that the event loops that
 * serve everybody hardly wait for it. Where the system refuses, nothing changes.
 */
export function yieldToOthers(nice: number): void {
  try {
    if (getPriority(0) < nice) setPriority(0, nice);
  } catch {
    // It only costs others some time.
  }
}
