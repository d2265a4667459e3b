/** The list a person came from, kept per browser tab: its address with filters, and the ids in its order. */
export type RunListMemory = { workspaceSlug: string; href: string; ids: string[] };

export const runListMemoryKey = "reprise:run-list";

/** Keeps the list that is on screen, so that a run opened from it finds its neighbours and the way back. */
export function rememberRunList(memory: RunListMemory): void {
  try {
    sessionStorage.setItem(runListMemoryKey, JSON.stringify(memory));
  } catch {
    // Storage may be off or full; then there is no previous and next run.
  }
}

/** The list last seen in this workspace, or null. Browser only. */
export function recallRunList(workspaceSlug: string): RunListMemory | null {
  try {
    const memory = JSON.parse(sessionStorage.getItem(runListMemoryKey) ?? "null") as RunListMemory | null;
    return memory?.workspaceSlug === workspaceSlug && Array.isArray(memory.ids) ? memory : null;
  } catch {
    return null;
  }
}
