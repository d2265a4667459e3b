import { expect, test } from "vitest";
import { answeredByAnother } from "#/lib/contract/answered-model.ts";

test.each([
  ["anthropic:claude-haiku-4-5", "claude-haiku-4-5", false],
  ["anthropic:claude-haiku-4-5", "claude-haiku-4-5-20251001", false],
  ["openai:gpt-5.4", "gpt-5.4-2026-03-05", false],
  ["openai:gpt-5.4", "gpt-5.4-mini", true],
  ["openai:gpt-5.4", "gpt-5.4-mini-2026-03-05", true],
  ["own:org/model:free", "org/model:free", false],
  ["own:model", "own:model", false],
  ["own:model", "Model", true],
  ["own:model", null, false],
  [null, "model", false],
])("%s answered by %s: another %s", (asked, answered, another) => {
  expect(answeredByAnother(asked, answered)).toBe(another);
});
