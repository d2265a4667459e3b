/** Ends of all open event streams of this process. On globalThis: see db/client.ts. */
const streams = ((globalThis as { repriseStreams?: { ends: Set<() => void>; draining: boolean } }).repriseStreams ??= {
  ends: new Set(),
  draining: false,
});

/** Registers how to end a stream; returns how to unregister. While the process drains, a new stream ends at once. */
export function registerStream(end: () => void): () => void {
  if (streams.draining) queueMicrotask(end);
  streams.ends.add(end);
  return () => streams.ends.delete(end);
}

/** Ends them all: an open stream would keep the server from stopping. Clients resume elsewhere with Last-Event-ID. */
export function endAllStreams(): void {
  streams.draining = true;
  for (const end of streams.ends) end();
}

/** Was the process asked to stop? */
export function isDraining(): boolean {
  return streams.draining;
}

export function openStreamCount(): number {
  return streams.ends.size;
}
