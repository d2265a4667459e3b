import { RepriseError, type Reprise, type RunObject } from "#/lib/sdk/client.ts";
import { exitCode, exitCodeFor, type ExitCode } from "./exit-code.ts";
import type { Output } from "./output.ts";

const intervalMs = 500;

/**
 * Waits until all of the runs have ended or the time is up. Returns those that ended, and the exit code: success of
 * all, or that one ended without success, or that the wait took too long.
 */
export async function waitForRuns(
  client: Reprise,
  ids: string[],
  options: { timeoutMs: number | undefined; output: Output },
): Promise<{ ended: RunObject[]; code: ExitCode }> {
  const deadline = Date.now() + (options.timeoutMs ?? Infinity);
  const ended: RunObject[] = [];
  for (const id of ids) {
    const timeoutMs = Math.max(0, deadline - Date.now());
    try {
      ended.push(await client.runs.poll(id, { intervalMs, timeoutMs }));
    } catch (error) {
      if (!(error instanceof RepriseError) || error.code !== "wait_timed_out") throw error;
      options.output.note(`error: ${id}: ${error.message}`);
      return { ended, code: exitCodeFor(error.code) };
    }
  }
  return { ended, code: ended.every((run) => run.isSuccess) ? exitCode.ok : exitCode.unsuccessful };
}
