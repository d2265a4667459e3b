import type { Turn } from "./concrete-call.ts";
import type { Session } from "./session.ts";

/** Makes a call in one of the run's slots, unless the run was stopped meanwhile. Throws Interrupted. */
export function inSlot<T>(session: Pick<Session, "calls" | "stop">, call: () => Promise<T>): Promise<T> {
  return session.calls.hold(() => {
    session.stop.signal.throwIfAborted();
    return call();
  });
}

/**
 * As inSlot, for one of several calls that wait for each other while they hold a slot: each asks for its slot after
 * those ahead of it in the `line`. Otherwise later calls could hold all slots and wait for an earlier one that gets
 * none.
 */
export async function inSlotInLine<T>(
  line: Turn | undefined,
  session: Pick<Session, "calls" | "stop">,
  call: () => Promise<T>,
): Promise<T> {
  await line?.come();
  const made = inSlot(session, call);
  line?.leave();
  return made;
}
