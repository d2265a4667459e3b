/** How a model of this name behaves: size decides care and latency, family decides wording. */
export type Voice = {
  size: "small" | "medium" | "large";
  family: "claude" | "gpt" | "other";
  /** Milliseconds until the first event of an answer, lowest and highest. */
  firstEventMs: readonly [number, number];
  /** Milliseconds between two events of a stream. */
  eventMs: number;
  /** Hidden reasoning per answer where the wire format reports it, in tokens. */
  reasoningTokens: number;
};

const bySize = {
  small: { firstEventMs: [150, 320], eventMs: 9, reasoningTokens: 0 },
  medium: { firstEventMs: [260, 560], eventMs: 14, reasoningTokens: 64 },
  large: { firstEventMs: [420, 900], eventMs: 20, reasoningTokens: 192 },
} as const;

/** Any name has a voice: unknown models count as medium ones of no family. */
export function voiceOf(model: string): Voice {
  const name = model.toLowerCase();
  const size = /haiku|mini|nano|luna|small|flash|lite/.test(name)
    ? "small"
    : /opus|fable|mythos|astra|pro\b|large|ultra/.test(name)
      ? "large"
      : "medium";
  const family = name.startsWith("claude") ? "claude" : /^(gpt|o\d)/.test(name) ? "gpt" : "other";
  return { size, family, ...bySize[size] };
}
