const everyMs = 3000;
const slowestMs = 30_000;

/** Why what is shown is not current; null = it is. */
export type Stale = "unanswered" | "signed_out" | null;

class SignedOut extends Error {}

/** Reads from the API for a page that is kept current; `path` below /api/v1, with what else its query needs. */
export async function readLive<T>(
  path: string,
  workspaceSlug: string,
  signal: AbortSignal,
  search = new URLSearchParams(),
): Promise<T> {
  search.set("workspace", workspaceSlug);
  const response = await fetch(`/api/v1${path}?${search}`, { signal, headers: { accept: "application/json" } });
  if (response.status === 401) throw new SignedOut();
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

/** Calls `load` every 3 s while the tab is visible, at once when it becomes so, slower while it fails. */
export function pollWhileVisible(load: (signal: AbortSignal) => Promise<void>, onStale: (stale: Stale) => void) {
  const abort = new AbortController();
  let waitMs = everyMs;
  let timer: ReturnType<typeof setTimeout>;
  const again = (delayMs: number) => {
    clearTimeout(timer);
    if (!abort.signal.aborted) timer = setTimeout(turn, delayMs);
  };
  const turn = async () => {
    if (document.visibilityState !== "visible") return again(everyMs);
    try {
      await load(abort.signal);
      onStale(null);
      waitMs = everyMs;
    } catch (error) {
      if (abort.signal.aborted) return;
      onStale(error instanceof SignedOut ? "signed_out" : "unanswered");
      waitMs = Math.min(waitMs * 2, slowestMs);
    }
    again(waitMs);
  };
  const wake = () => again(50);
  const onVisible = () => document.visibilityState === "visible" && wake();
  document.addEventListener("visibilitychange", onVisible);
  again(everyMs);
  return {
    wake,
    stop: () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}
