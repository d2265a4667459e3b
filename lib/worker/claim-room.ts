/** What a worker may claim now: this many runs, from any workspace but these. */
export type ClaimRoom = { most: number; except: string[] };

/**
 * One workspace holds at most four in five of a worker's slots, whatever its own limit: runs that wait for a slow tool
 * may hold theirs for hours, and another workspace's run must still find one. A claim takes nothing that could bring a
 * workspace above its share; the next claim, some milliseconds later, takes what is left. With fewer than five slots,
 * none is reserved.
 *
 * @param held the workspace of each run in hand
 */
export function claimRoom(slots: number, held: readonly string[]): ClaimRoom {
  const share = slots - Math.floor(slots / 5);
  const counts = new Map<string, number>();
  for (const workspace of held) counts.set(workspace, (counts.get(workspace) ?? 0) + 1);
  const except = [...counts].filter(([, count]) => count >= share).map(([workspace]) => workspace);
  const highest = Math.max(0, ...[...counts.values()].filter((count) => count < share));
  return { most: Math.max(0, Math.min(slots - held.length, share - highest)), except };
}
