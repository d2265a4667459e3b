import { commandLineOf, identityOf, isAlive, parentOf, type ProcessIdentity } from "./process-identity.ts";

let controller: AbortController | undefined;

/**
 * Aborted when this process is asked to end: by SIGINT, SIGTERM or SIGHUP, or because the npm that started it is
 * gone (npm does not pass SIGTERM through its shell). From the first call on, signals no longer end the process by
 * themselves: the caller has to.
 */
export function shutdownSignal(): AbortSignal {
  if (controller) return controller.signal;
  const created = (controller = new AbortController());
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => created.abort(name));
  if (process.env.npm_lifecycle_event) watchStarters(() => created.abort("npm ended"));
  return created.signal;
}

function watchStarters(onGone: () => void): void {
  const starters = startersOf(process.pid);
  const timer = setInterval(() => {
    if (starters.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, 200);
  timer.unref();
}

/** The processes between us and npm, and npm itself: npm, perhaps a shell, perhaps our bootstrap under an older Node. */
function startersOf(pid: number): ProcessIdentity[] {
  const starters: ProcessIdentity[] = [];
  for (let parent = parentOf(pid); parent !== null && parent > 1 && starters.length < 4; parent = parentOf(parent)) {
    const identity = identityOf(parent);
    if (identity) starters.push(identity);
    if (commandLineOf(parent)[0]?.startsWith("npm")) return starters;
  }
  return [];
}

/** Resolves when the process is asked to end. */
export function whenShutDown(): Promise<void> {
  const signal = shutdownSignal();
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Runs a command's body: a failure becomes one line on stderr and exit code 1, never a stack trace. */
export async function runCommand(body: () => Promise<number | void>): Promise<never> {
  try {
    process.exit((await body()) ?? 0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
