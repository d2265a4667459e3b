import { setTimeout as sleep } from "node:timers/promises";
import { Slots } from "#/lib/core/slots.ts";
import { readBytes } from "./request-body.ts";

/** A body of more bytes than this is large: most of what its request costs is the body. */
const largeBytes = 64 * 1024;
/** Large bodies of one workspace that a process holds at once; the others wait in their senders' sockets. */
const heldAtOnce = 4;
const longestRestMs = 500;

/** Of one workspace: who may hold a large body, whose turn it is, and until when nobody's (performance.now). */
type Lane = { held: Slots; turns: Slots; users: number; restsUntil: number };

const lanes = new Map<string, Lane>();

/**
 * Reads a request's body, of at most `maxBytes`, and answers it. The large ones of a workspace are answered one after the
 * other, and after each comes a rest as long as the processor was busy meanwhile: reading 10 MB of JSON holds the event loop for
 * some 50 ms, and whoever sends them in a loop would leave the others only what lies between two.
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
  const { held, bytes } = await inLane(workspaceId, (lane) =>
    lane.held.hold(async () => {
      const read = await readBytes(request, maxBytes);
      // How long it is shows only now where nothing was announced: a small one keeps no place of a large one.
      if (read.length <= largeBytes) return { held: null, bytes: read };
      return { held: await lane.turns.hold(() => withRest(lane, () => answer(read))), bytes: null };
    }),
  );
  return bytes === null ? held : answer(bytes);
}

async function inLane<T>(workspaceId: string, work: (lane: Lane) => Promise<T>): Promise<T> {
  const lane = lanes.get(workspaceId) ?? {
    ...{ held: new Slots(heldAtOnce), turns: new Slots(1) },
    ...{ users: 0, restsUntil: 0 },
  };
  lanes.set(workspaceId, lane);
  lane.users++;
  try {
    return await work(lane);
  } finally {
    lane.users--;
    const forget = () => void (lane.users === 0 && lanes.get(workspaceId) === lane && lanes.delete(workspaceId));
    setTimeout(forget, Math.max(0, lane.restsUntil - performance.now())).unref();
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
