import type { Answer, Ask } from "./ask.ts";
import type { TokenUsage } from "./token-usage.ts";

/** An answer on its way out: everything that a wire format needs to write it. */
export type Reply = { ask: Ask; answer: Answer; usage: TokenUsage; createdAt: number; reportsUsage: boolean };

export type Parsed = { ask: Ask; isStream: boolean; reportsUsage: boolean };

/** One wire format: reads its requests, writes answers whole or as server-sent events, and its own error bodies. */
export type Wire = {
  name: "anthropic" | "responses" | "chat";
  requestIdHeader: "request-id" | "x-request-id";
  /** Throws BadAsk for what the real service refuses with 400. */
  parse(body: unknown, headers: Record<string, string | undefined>): Parsed;
  whole(reply: Reply): object;
  /** The complete stream, one event a string, its terminal event last. */
  frames(reply: Reply): string[];
  problem(status: number, message: string): object;
  /** The event with which this service reports a failure inside a stream that began with 200. */
  errorFrame(message: string): string;
};

/** A named server-sent event; without a name only its data line. */
export function frame(event: string | null, data: unknown): string {
  return `${event === null ? "" : `event: ${event}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** The text cut into pieces of some `length` characters, never inside a surrogate pair; none for an empty text. */
export function piecesOfText(text: string, length = 18): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const char of text) {
    piece += char;
    const isWordEnd = /\s/.test(char);
    if ((isWordEnd && piece.length >= length - 6) || piece.length >= length + 8) {
      pieces.push(piece);
      piece = "";
    }
  }
  return piece === "" ? pieces : [...pieces, piece];
}

/** The text of a message's content, given as a string or as parts with a `text`. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts = content.map((part: unknown) => {
    if (typeof part === "string") return part;
    const text = (part as { text?: unknown } | null)?.text;
    return typeof text === "string" ? text : "";
  });
  return texts.filter(Boolean).join("\n");
}
