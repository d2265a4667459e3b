import type { Json } from "#/lib/contract/json.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import { maskUrls, redactedMark } from "#/lib/core/mask-urls.ts";
import {
  holdsSecret,
  holdsShortSecret,
  isSecretNumber,
  redactMessage,
  redactText,
  redactWords,
} from "#/lib/core/redact-text.ts";
import { isCredentialHeader } from "#/lib/core/secret-names.ts";
import { workInThread } from "#/lib/core/work-threads.ts";
import { manyValuesMark, maxValues } from "./output-limits.ts";
import type { SpanRecord } from "./span-record.ts";

/** A value holds more than `maxValues`, so it was not read to its end. */
export class TooManyValues extends Error {}

/** `outputValues`: how many values the output holds, counting lists, objects and everything in them. */
export type CleanSpan = SpanRecord & { outputValues: number };

/**
 * The span without secrets in bodies, names (the answering model's name comes from the provider) and errors, and
 * without well-known credential headers. What is only shown (all but the output, which later steps read) also has the
 * credentials in its URLs masked. Bodies are cleaned in turns of `owner`, as `redactJson` does; they must not change
 * meanwhile. An input of too many values is replaced by a note; throws TooManyValues for such an output.
 */
export async function redact(span: SpanRecord, secrets: readonly string[], owner: string): Promise<CleanSpan> {
  const clean: CleanSpan = { ...span, outputValues: 0 };
  const shown = async (value: Json) => (await cleaned(value, { secrets, owner, mask: true, most: maxValues })).value;
  if (span.input !== undefined) clean.input = await shown(span.input).catch(markForMany);
  if (span.output !== undefined) {
    const { value, values } = await cleaned(span.output, { secrets, owner, mask: false, most: maxValues });
    clean.output = value;
    clean.outputValues = values;
  }
  if (span.attributes !== undefined) clean.attributes = (await shown(span.attributes)) as SpanRecord["attributes"];
  if (span.error) clean.error = { ...span.error, message: plainText(redactMessage(span.error.message, secrets)) };
  clean.name = plainText(maskUrls(redactWords(span.name, secrets)));
  if (span.answeredModel) clean.answeredModel = redactText(span.answeredModel, secrets);
  return clean;
}

function markForMany(error: unknown): Json {
  if (error instanceof TooManyValues) return manyValuesMark;
  throw error;
}

/** What a text column of PostgreSQL takes: no U+0000 (shown as its symbol), no lone surrogates. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\u2400");
}

/**
 * The value without the secrets: a copy where something changed, otherwise the value itself. Values under a header name
 * that carries credentials are replaced as a whole. Long values are cleaned in turns of the event loop (loop-turns.ts),
 * those of `owner`, and a single long text in a thread (work-threads.ts).
 */
export async function redactJson(value: Json, secrets: readonly string[], owner: string): Promise<Json> {
  return (await cleaned(value, { secrets, owner, mask: false, most: Infinity })).value;
}

/** As `holdsSecret`, for a text that may be long. */
export async function longHoldsSecret(text: string, secrets: readonly string[], owner: string): Promise<boolean> {
  if (text.length <= longText) return holdsSecret(text, secrets);
  return holdsShortSecret(text, secrets) || (await cleanInThread(text, secrets, owner, false)) !== text;
}

/** The same value with the credentials in its URLs masked; keys stay as they are. */
export function maskJsonUrls(value: Json): Json {
  if (typeof value === "string") return maskUrls(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(maskJsonUrls);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskJsonUrls(item)]));
}

/** What replaces a text when it is a name, and when it is a value. */
type Clean = { name: string; value: string };
type Work = { secrets: readonly string[]; clean: ReadonlyMap<string, Clean> };
/** Each name once: lists hold many objects of the same kind. */
type Found = { names: Set<string>; texts: string[]; long: Set<string>; hasSecretNumber: boolean; values: number };

/** In characters: undoing a text's escapes and masking its URLs may take 90 ns for each. */
const longText = 1_000_000;

/** One turn looks at up to this many characters of texts, and up to this many texts: a few milliseconds. */
const pieceLength = 500_000;
const pieceTexts = 10_000;
/** How many values are collected, and their first piece looked at, in one turn. */
const shortValues = 1000;

type Cleaning = { secrets: readonly string[]; owner: string; mask: boolean; most: number };

/** Also returns the number of values. Throws TooManyValues when there are more than `most`. */
async function cleaned(value: Json, cleaning: Cleaning): Promise<{ value: Json; values: number }> {
  const { secrets, owner, mask, most } = cleaning;
  const found: Found = { names: new Set(), texts: [], long: new Set(), hasSecretNumber: false, values: 0 };
  const clean = new Map<string, Clean>();
  let hasHeader = false;
  const look = (piece: string[]) => {
    for (const text of piece) {
      const name = redactText(text, secrets);
      const shown = mask ? maskUrls(name) : name;
      if (shown !== text) clean.set(text, { name, value: shown });
      hasHeader ||= isCredentialHeader(text);
    }
  };
  const rest = await inTurn(owner, () => {
    collect(value, { secrets, most }, found);
    const all = pieces(found.names, found.texts);
    // Most values are short: what fills no piece is looked at in the turn that collected it.
    if (found.values <= shortValues) look(all.next().value ?? []);
    return all;
  });
  const { values } = found;
  for (const piece of rest) await inTurn(owner, () => look(piece));
  for (const text of found.long) {
    const shown = await cleanInThread(text, secrets, owner, mask);
    if (shown !== text) clean.set(text, { name: shown, value: shown });
  }
  if (clean.size === 0 && !hasHeader && !found.hasSecretNumber) return { value, values };
  return { value: await inTurn(owner, () => rebuilt(value, { secrets, clean })), values };
}

function collect(value: Json, within: Pick<Cleaning, "secrets" | "most">, found: Found): void {
  if (++found.values > within.most) throw new TooManyValues();
  if (typeof value === "string") {
    if (value.length > longText) found.long.add(value);
    else found.texts.push(value);
  } else if (typeof value === "number") found.hasSecretNumber ||= isSecretNumber(value, within.secrets);
  else if (Array.isArray(value)) for (const item of value) collect(item, within, found);
  else if (typeof value === "object" && value !== null)
    for (const key of Object.keys(value)) {
      if (key.length > longText) found.long.add(key);
      else found.names.add(key);
      collect(value[key] ?? null, within, found);
    }
}

/** A text that cannot be cleaned within its time is replaced as a whole. */
async function cleanInThread(text: string, secrets: readonly string[], owner: string, mask: boolean): Promise<string> {
  if (secrets.length === 0 && !mask) return text;
  const answer = await workInThread(owner, { work: "redact", text, secrets, mask });
  return "json" in answer ? answer.json : redactedMark;
}

function* pieces(...all: Iterable<string>[]): Generator<string[]> {
  let piece: string[] = [];
  let length = 0;
  for (const texts of all)
    for (const text of texts) {
      piece.push(text);
      length += text.length;
      if (length < pieceLength && piece.length < pieceTexts) continue;
      yield piece;
      piece = [];
      length = 0;
    }
  if (piece.length > 0) yield piece;
}

function rebuilt(value: Json, work: Work): Json {
  if (typeof value === "string") return work.clean.get(value)?.value ?? value;
  if (typeof value === "number") return isSecretNumber(value, work.secrets) ? redactedMark : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rebuilt(item, work));
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [
    work.clean.get(key)?.name ?? key,
    isCredentialHeader(key) ? withoutTexts(item, work) : rebuilt(item, work),
  ]);
  return Object.fromEntries(entries);
}

/** Replaces what is under a credential header's name: a text, or a list when the header was sent more than once. */
function withoutTexts(value: Json, work: Work): Json {
  if (typeof value === "string") return redactedMark;
  return Array.isArray(value) ? value.map((item) => withoutTexts(item, work)) : rebuilt(value, work);
}
