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

type Counts = { input: number | null; output: number | null; reasoning: number | null; total: number | null };

/**
 * Output tokens as they are billed. OpenAI and Anthropic count reasoning as part of the output; some compatible servers
 * count it separately, which shows in the total (or in more reasoning than output): then both are added.
 */
export function billedOutput({ input, output, reasoning, total }: Counts): number | null {
  if (output === null) return null;
  const beside = input === null || total === null ? 0 : total - input - output;
  if (reasoning !== null && (beside === reasoning || reasoning > output)) return tokenCount(output + reasoning);
  return !reasoning && beside > 0 ? tokenCount(output + beside) : output;
}
