import { DomainError } from "#/lib/core/errors.ts";

/** A literal text, or the source of an expression with its offset in the template. */
export type TemplatePart = string | { expression: string; offset: number };

/**
 * Splits a text at its `{{ expression }}`. `\{{` is a literal `{{`, `\\{{` a backslash before an expression. Braces and
 * quotes inside an expression are understood, so `{{ {"a": {"b": "}}"}} }}` is one expression. Throws
 * `expression_failed` for one that is not closed.
 */
export function splitTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let position = 0;
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", position)) {
    const backslashes = countBackslashes(text, open, position);
    if (backslashes === 1) {
      literal += `${text.slice(position, open - 1)}{{`;
      position = open + 2;
      continue;
    }
    literal += text.slice(position, backslashes === 2 ? open - 1 : open);
    const close = endOfExpression(text, open + 2);
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push({ expression: text.slice(open + 2, close), offset: open + 2 });
    position = close + 2;
  }
  literal += text.slice(position);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

/** Backslashes right before `{{`; at most two count. */
function countBackslashes(text: string, open: number, from: number): number {
  if (open - 1 < from || text[open - 1] !== "\\") return 0;
  return open - 2 >= from && text[open - 2] === "\\" ? 2 : 1;
}

function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length;) {
    const character = text[index];
    if (character === '"' || character === "'") index = endOfString(text, index, start);
    else if (character === "/" && text[index + 1] === "/") index = endOfLine(text, index);
    else if (character === "}" && depth === 0 && text[index + 1] === "}") return index;
    else {
      if (character === "{") depth++;
      else if (character === "}") depth--;
      index++;
    }
  }
  return unclosed(text, start);
}

/** The index after a CEL string literal: single or triple quotes, raw when r stands before it. */
function endOfString(text: string, quoteAt: number, start: number): number {
  const quote = text[quoteAt] ?? "";
  const delimiter = text.startsWith(quote.repeat(3), quoteAt) ? quote.repeat(3) : quote;
  const isRaw = /(?:^|[^A-Za-z0-9_])[bB]?[rR]$/.test(text.slice(Math.max(start, quoteAt - 3), quoteAt));
  for (let index = quoteAt + delimiter.length; index < text.length; index++) {
    if (text[index] === "\\" && !isRaw) index++;
    else if (text.startsWith(delimiter, index)) return index + delimiter.length;
  }
  return unclosed(text, start);
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf("\n", index);
  return end < 0 ? text.length : end + 1;
}

function unclosed(text: string, start: number): never {
  const excerpt = text.slice(start - 2, start + 60);
  throw new DomainError(
    "expression_failed",
    `\`${excerpt}\` opens an expression that is not closed with }} (at character ${start - 1})`,
    {
      details: { position: start - 2 },
    },
  );
}
