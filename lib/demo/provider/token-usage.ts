import { createHash } from "node:crypto";
import type { Answer, Ask } from "./ask.ts";
import { voiceOf } from "./model-voice.ts";

/** Token counts of one answer; `input` is the total, cache included, as every wire format can be derived from it. */
export type TokenUsage = { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number };

/** A prefix below this many tokens is not cached. Real services want 1024; demo prompts are shorter. */
const smallestCached = 128;

/** About four characters a token, as rule-of-thumb estimates go; an empty text costs nothing. */
export function tokensOf(text: string): number {
  return Math.ceil([...text].length / 4);
}

/** Remembers which prompt prefixes a process has seen, like the prompt cache of a real service. */
export class PromptCache {
  readonly #seen = new Set<string>();

  /** Counts the tokens of an answer and notes its prefixes, so that the next request with one reads it from the cache. */
  count(ask: Ask, answer: Answer): TokenUsage {
    const pieces = piecesOf(ask);
    let read = 0;
    let known = 0;
    let running = 0;
    const digest = createHash("sha256").update(ask.model);
    for (const [at, piece] of pieces.entries()) {
      running += tokensOf(piece);
      const key = digest.update(`\u001e${piece}`).copy().digest("base64");
      // The newest message is never part of a prefix: it is what makes this request another one.
      if (at === pieces.length - 1 || running < smallestCached) continue;
      if (this.#seen.has(key)) read = running;
      else this.#remember(key);
      known = running;
    }
    return { input: running + 8, cacheRead: read, cacheWrite: known - read, ...outputOf(ask, answer) };
  }

  clear(): void {
    this.#seen.clear();
  }

  #remember(key: string): void {
    this.#seen.add(key);
    const oldest = this.#seen.size > 5000 ? this.#seen.values().next().value : undefined;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}

function piecesOf(ask: Ask): string[] {
  const tools = ask.tools.map((tool) => tool.name + tool.description + JSON.stringify(tool.schema)).join("");
  const schema = ask.schema ? JSON.stringify(ask.schema) : "";
  const turns = ask.turns.map(
    (turn) =>
      turn.text +
      JSON.stringify(turn.toolCalls.map((call) => call.args)) +
      turn.toolResults.map((result) => result.text).join(""),
  );
  return [tools + schema + ask.instructions, ...turns];
}

function outputOf(ask: Ask, answer: Answer): { output: number; reasoning: number } {
  const calls = answer.toolCalls.reduce((sum, call) => sum + tokensOf(call.name + JSON.stringify(call.args)) + 6, 0);
  const thinking = answer.thinking === null ? 0 : tokensOf(answer.thinking);
  const reasoning = voiceOf(ask.model).family === "gpt" ? voiceOf(ask.model).reasoningTokens : thinking;
  return { output: tokensOf(answer.text) + calls + reasoning, reasoning };
}
