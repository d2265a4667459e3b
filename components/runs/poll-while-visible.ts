const everyMs = 3000;
const slowestMs = 30_000;

/** Calls `load` every 3 s while the tab is visible, at once when it becomes so, slower while it fails. */
export function pollWhileVisible(load: (signal: AbortSignal) => Promise<void>, onStale: (stale: boolean) => void) {
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
      onStale(false);
      waitMs = everyMs;
    } catch {
      if (abort.signal.aborted) return;
      onStale(true);
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
