import { setTimeout as sleep } from "node:timers/promises";
import { OfOwners, Slots } from "./slots.ts";

const longestRestMs = 500;

/** Of one owner: whose turn it is, and until when nobody's (performance.now). */
type Lane = { turns: Slots; restsUntil: number };

/**
 * Work that is long or comes in great numbers, of owners who share a process. That of one owner is done one after the other
 * (or `width` at once), and after each comes a rest as long as the processor was busy meanwhile: whoever has it done in a loop
 * would leave the others only what lies between two. Never for work that itself takes one of these turns.
 */
export class RestingTurns {
  readonly #lanes: OfOwners<Lane>;

  constructor(width = 1) {
    this.#lanes = new OfOwners<Lane>(() => ({ turns: new Slots(width), restsUntil: 0 }), longestRestMs);
  }

  /** Does the work when it is the owner's turn. */
  take<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return this.#lanes.use(owner, (lane) => lane.turns.hold(() => withRest(lane, work)));
  }
}

async function withRest<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  const restMs = lane.restsUntil - performance.now();
  if (restMs > 0) await sleep(restMs);
  const before = busyMs();
  try {
    return await work();
  } finally {
    lane.restsUntil = performance.now() + Math.min(longestRestMs, busyMs() - before);
  }
}

/** Processor time of this thread so far, whatever it was for: the busier it is, the longer is the rest. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
