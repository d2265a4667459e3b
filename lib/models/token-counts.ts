const maxCount = 2_147_483_647;

/** A token count as a provider reports it: a whole number from 0 that a database integer holds, or unknown (null). */
export function tokenCount(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxCount ? value : null;
}

/** The counts of an object, unknown ones left out; null when it has none. */
export function tokenCounts(source: unknown, names: Record<string, string>): Record<string, number> | null {
  if (typeof source !== "object" || source === null) return null;
  const counts: Record<string, number> = {};
  for (const [field, name] of Object.entries(names)) {
    const count = tokenCount((source as Record<string, unknown>)[field]);
    if (count !== null) counts[name] = count;
  }
  return Object.keys(counts).length === 0 ? null : counts;
}
