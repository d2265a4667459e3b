import { DomainError } from "#/lib/core/errors.ts";
import { compileExpression } from "./expression.ts";
import { splitTemplate } from "./template-parts.ts";

/** Why a text is not a template, and where: `offset` in UTF-16 units from 0, line and column from 1. */
export type TemplateFault = { message: string; offset: number; line: number; column: number };

/**
 * The first place at which a text cannot be compiled as a template; null when it can. The message says where, why, and
 * how a literal `{{` is written; it is the same on every surface. Pure.
 */
export function templateFault(text: string): TemplateFault | null {
  try {
    for (const part of splitTemplate(text)) if (typeof part !== "string") compileAt(part.expression, part.offset);
    return null;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "expression_failed") throw error;
    const offset = positionIn(error) ?? 0;
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    const [line, column] = [lines.length, (lines.at(-1)?.length ?? 0) + 1];
    const what = error.message.replace(/ \(at character \d+\)$/, "");
    return { message: `line ${line}, column ${column}: ${what}. ${literalBraces}`, offset, line, column };
  }
}

const literalBraces = "For a literal {{ write \\{{";

/** Throws the fault of an expression with its position in the whole text. */
function compileAt(expression: string, offset: number): void {
  try {
    compileExpression(expression);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const inside = positionIn(error);
    const leading = expression.length - expression.trimStart().length;
    // Without a position inside it, the fault is the expression as a whole, braces included.
    const position = inside === null ? offset - 2 : offset + leading + inside;
    throw new DomainError(error.code, error.message, { details: { position } });
  }
}

function positionIn({ details }: DomainError): number | null {
  const position = details?.["position"];
  return typeof position === "number" ? position : null;
}
