import type { Answer, Ask, OfferedTool } from "./ask.ts";
import { withAskedSchema } from "./asked-schema.ts";
import { generalDraft } from "./general-answer.ts";
import type { Draft } from "./draft.ts";
import { fixDraft } from "./fix-desk.ts";
import { supportDraft } from "./support-desk.ts";
import { hexOf, randomOf } from "./random.ts";
import { type Hints, schemaInstance } from "./schema-instance.ts";
import { tokensOf } from "./token-usage.ts";
import { voiceOf } from "./model-voice.ts";

/**
 * What the offline model answers: a pure function of the request (whether it streams does not matter). The same request
 * gives the same answer, ids included; another prompt, model, tool result or schema gives another.
 */
export function answerTo(request: Ask): Answer {
  const id = hexOf(JSON.stringify(request), 24);
  const ask = withAskedSchema(request);
  const seed = wordingSeedOf(ask);
  const draft = fixDraft(ask) ?? supportDraft(ask, seed) ?? generalDraft(ask, seed);
  const calls = chosenCalls(ask, draft);
  const text = calls.length > 0 ? draft.text : finalText(ask, draft, seed);
  const toolCalls = calls.map(({ tool, hints }, at) => ({
    id: hexOf(`${id}|${at}`, 24),
    name: tool.name,
    args: schemaInstance(tool.schema, hints, randomOf(`${seed}|${tool.name}|${at}`), draft.text),
  }));
  const thinking = ask.thinking && voiceOf(ask.model).size !== "small" ? thought(ask, toolCalls.length) : null;
  return { id, thinking, toolCalls, ...shortened(text, toolCalls.length === 0 ? ask.maxTokens : null) };
}

/** Phrases follow model, prompt and question, not what tools returned: a replay differs only where its facts do. */
function wordingSeedOf(ask: Ask): string {
  const asked = ask.turns.filter((turn) => turn.role === "user").map((turn) => turn.text);
  return [ask.model, ask.instructions, ...asked].join("\u001f");
}

/** `tool_choice` wins over what the answer would have liked to do. */
function chosenCalls(ask: Ask, draft: Draft): Draft["calls"] {
  const choice = ask.toolChoice;
  if (choice.mode === "none" || ask.tools.length === 0) return [];
  const forced = (tool: OfferedTool | undefined): Draft["calls"] =>
    tool ? [{ tool, hints: hintsFor(draft, tool) }] : [];
  if (choice.mode === "tool") return forced(ask.tools.find((tool) => tool.name === choice.name));
  if (choice.mode === "any" && draft.calls.length === 0) return forced(ask.tools[0]);
  return draft.calls;
}

function hintsFor(draft: Draft, tool: OfferedTool): Hints {
  return draft.calls.find((call) => call.tool.name === tool.name)?.hints ?? draft.hints;
}

function finalText(ask: Ask, draft: Draft, seed: string): string {
  if (!ask.schema) return draft.text;
  return JSON.stringify(schemaInstance(ask.schema, draft.hints, randomOf(seed), draft.text.split("\n")[0] ?? ""));
}

function shortened(text: string, maxTokens: number | null): { text: string; truncated: boolean } {
  if (maxTokens === null || tokensOf(text) <= maxTokens) return { text, truncated: false };
  return { text: text.slice(0, maxTokens * 4), truncated: true };
}

function thought(ask: Ask, calls: number): string {
  const random = randomOf(`thought|${wordingSeedOf(ask)}|${ask.turns.length}`);
  const start = random.pick([
    "Let me see what is asked and what is known.",
    "First the facts, then the rules that apply.",
    "I should compare the request with the record.",
  ]);
  const next = calls > 0 ? "A tool can settle what is still open." : "Nothing is open any more, so I can answer.";
  return `${start} ${next}`;
}
