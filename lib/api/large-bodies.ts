import { setTimeout as sleep } from "node:timers/promises";
import { RestingTurns } from "#/lib/core/resting-turns.ts";
import { OfOwners, Slots } from "#/lib/core/slots.ts";
import { readBytes } from "./request-body.ts";

/** A body of more bytes than this is large: most of what its request costs is the body. */
const largeBytes = 64 * 1024;
/** Large bodies of one workspace that a process holds at once; the others wait in their senders' sockets. */
const heldAtOnce = 4;
/** At which the large bodies of one workspace are read, all together: one of 10 MiB takes half a second. */
const bytesPerMs = 20 * 1024;
/** Shorter pauses than this are made up for later: a timer is no more exact. */
const shortestPauseMs = 4;
/** Longer than anybody's pace reaches ahead. */
const keptMs = 1000;

/** Of one workspace: who may hold a large body, and when the next bytes of any may be read (performance.now). */
type Lane = { held: Slots; readsAt: number };

const lanes = new OfOwners<Lane>(() => ({ held: new Slots(heldAtOnce), readsAt: 0 }), keptMs);
const turns = new RestingTurns();

/**
 * Reads a request's body, of at most `maxBytes`, and answers it. Large ones of a workspace are read at a pace that leaves
 * most of the processor to others, and answered one after the other with rests between: to take in 10 MB and to read their
 * JSON costs some 80 ms of it, and whoever sends them in a loop would leave the others only what lies between two.
 */
export async function answerBody<T>(
  workspaceId: string,
  request: Request,
  maxBytes: number,
  answer: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const announced = request.headers.get("content-length");
  if (!request.body || (announced !== null && Number(announced) <= largeBytes))
    return answer(await readBytes(request, maxBytes));
  const { held, bytes } = await lanes.use(workspaceId, (lane) =>
    lane.held.hold(async () => {
      const read = await readBytes(request, maxBytes, (size) => pause(lane, size));
      // How long it is shows only now where nothing was announced: a small one keeps no place of a large one.
      if (read.length <= largeBytes) return { held: null, bytes: read };
      return { held: await turns.take(workspaceId, () => answer(read)), bytes: null };
    }),
  );
  return bytes === null ? held : answer(bytes);
}

/** Waits until more of the lane may be read, `size` bytes having come. */
async function pause(lane: Lane, size: number): Promise<void> {
  const now = performance.now();
  lane.readsAt = Math.max(now, lane.readsAt) + size / bytesPerMs;
  if (lane.readsAt - now >= shortestPauseMs) await sleep(lane.readsAt - now);
}
