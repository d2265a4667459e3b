import type { Session } from "./session.ts";

/** Makes a call in one of the run's slots; not any more when the run was stopped meanwhile. Throws Interrupted. */
export function inSlot<T>(session: Pick<Session, "calls" | "stop">, call: () => Promise<T>): Promise<T> {
  return session.calls.hold(() => {
    session.stop.signal.throwIfAborted();
    return call();
  });
}
