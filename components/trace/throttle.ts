/**
 * Runs an asynchronous task at most once per `everyMs()` and never twice at the same time; calls in between are merged into
 * one that follows. The returned function asks for a run; `stop` forgets a waiting one.
 */
export function throttleTask(task: () => Promise<void>, everyMs: () => number): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isAsked = false;
  let isStopped = false;
  let lastStart = -Infinity;
  const start = async () => {
    timer = undefined;
    isAsked = false;
    isBusy = true;
    lastStart = performance.now();
    try {
      await task();
    } finally {
      isBusy = false;
      if (isAsked) plan();
    }
  };
  const plan = () => {
    if (timer !== undefined || isBusy || isStopped) return;
    timer = setTimeout(() => void start(), Math.max(0, lastStart + everyMs() - performance.now()));
  };
  return {
    ask: () => {
      isAsked = true;
      plan();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
