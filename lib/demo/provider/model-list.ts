const anthropic = [
  "claude-fable-5-1",
  "claude-opus-5-5",
  "claude-opus-5",
  "claude-opus-4-8",
  "claude-opus-4-7",
  "claude-sonnet-5-5",
  "claude-sonnet-5",
  "claude-haiku-5-5",
  "claude-haiku-4-5",
];
const openai = [
  "gpt-6-astra",
  "gpt-6.1-sol",
  "gpt-6.1-terra",
  "gpt-6-sol",
  "gpt-6-luna",
  "gpt-5.6-sol",
  "gpt-5.6-terra",
  "gpt-5.6-luna",
  "gpt-5.5",
  "gpt-5.4",
  "gpt-5.4-mini",
  "gpt-5.4-nano",
];
const since = Date.UTC(2026, 0, 1);

/** `GET /v1/models` as Anthropic clients (they send `anthropic-version`) or OpenAI clients read it. */
export function modelList(isAnthropic: boolean): object {
  if (!isAnthropic)
    return {
      object: "list",
      data: openai.map((id) => ({ id, object: "model", created: since / 1000, owned_by: "openai" })),
    };
  const data = anthropic.map((id) => ({
    id,
    type: "model",
    display_name: id
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(" "),
    created_at: new Date(since).toISOString(),
    lifecycle: "active",
    line: id.split("-")[1],
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  }));
  return { data, has_more: false, first_id: anthropic[0], last_id: anthropic.at(-1) };
}
