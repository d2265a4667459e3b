import { z } from "zod";

/** What a text must satisfy to be stored unchanged: PostgreSQL's text takes neither U+0000 nor half a character. */
const rules: { holds: (text: string) => boolean; message: string }[] = [
  { holds: (text) => text.isWellFormed(), message: "must be well-formed Unicode (no lone surrogates)" },
  { holds: (text) => !text.includes("\u0000"), message: "must not contain U+0000" },
];

/** Why a text cannot be stored unchanged; null when it can. */
export function textFault(text: string): string | null {
  return rules.find(({ holds }) => !holds(text))?.message ?? null;
}

/** The text made storable: without U+0000, half characters replaced. For lookups, not for storing. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "");
}

/**
 * Free text that is kept as it was sent: well-formed Unicode without U+0000, which PostgreSQL's text cannot hold. A lone
 * surrogate would come back as U+FFFD, and two different texts could become the same. Not for JSON values: `json` columns
 * keep both as escapes.
 */
export function text(): z.ZodString {
  return rules.reduce((schema, { holds, message }) => schema.refine(holds, message), z.string());
}
