/** What identifies a version: two runs are on the same one when both fields match. */
type OnVersion = { workflowId: string; version: number | null };

/** Does a replay execute the version that its source ran? */
export function isOnSourceVersion(run: OnVersion, source: OnVersion): boolean {
  return run.workflowId === source.workflowId && run.version === source.version;
}

/**
 * The version that a step of type `workflow` runs: the one it names. Where it names none, a replay on its source's
 * version runs the one that the same step ran then (`asThen`; null for a step that was not executed, or was on another
 * version); everything else runs the newest. Pure.
 */
export function innerVersion(node: { version?: number | undefined }, asThen: number | null): number | "latest" {
  return node.version ?? asThen ?? "latest";
}
