import type { Attempt } from "./attempt.ts";
import { unreadable } from "./call-failure.ts";

type Piece = { type: "text" | "thinking"; text: string };

/** Where each type of part keeps its words; a thinking part may itself hold a list of text parts. */
const wordsOf: Record<string, { field: string; type: Piece["type"] }> = {
  text: { field: "text", type: "text" },
  output_text: { field: "text", type: "text" },
  thinking: { field: "thinking", type: "thinking" },
  reasoning: { field: "text", type: "thinking" },
};

/**
 * The content of a delta: text, or, from some compatible servers, a list of parts (or a single one). Parts of any other
 * type fail the attempt: their content would be lost, or show up as `[object Object]` in the answer.
 */
export function contentPieces(content: unknown, attempt: Attempt): Piece[] {
  if (content === undefined || content === null) return [];
  return (Array.isArray(content) ? content : [content]).map((part) => pieceOf(part, attempt));
}

function pieceOf(part: unknown, attempt: Attempt): Piece {
  if (typeof part === "string") return { type: "text", text: part };
  const given = (typeof part === "object" && part !== null ? part : {}) as Record<string, unknown>;
  const known = Object.hasOwn(wordsOf, String(given.type)) ? wordsOf[String(given.type)] : undefined;
  const words = known === undefined ? undefined : given[known.field];
  if (known && typeof words === "string") return { type: known.type, text: words };
  if (known?.type === "thinking" && Array.isArray(words))
    return {
      type: "thinking",
      text: contentPieces(words, attempt)
        .map(({ text }) => text)
        .join(""),
    };
  throw unreadable(attempt, "sent a part of the type", given.type ?? part);
}
