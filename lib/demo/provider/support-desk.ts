import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, isObject, toolUses } from "./ask.ts";
import { customerLetter } from "./customer-letter.ts";
import type { Case, Draft } from "./draft.ts";
import { objectsIn, ordersIn, promptText, statedJson, ticketIn } from "./facts.ts";
import { voiceOf } from "./model-voice.ts";
import { randomOf } from "./random.ts";
import { decisionDraft, refundTool } from "./refund-agent.ts";
import { refundRules, type RefundRules, type Verdict } from "./refund-rules.ts";
import type { Hints } from "./schema-instance.ts";
import { type Language, type Reading, readTicket } from "./ticket-reading.ts";

/**
 * The answer to a customer-support request (classify, decide on a refund, write to the customer), or null when the
 * conversation holds no ticket or asks something else. `wordingSeed` settles phrases; facts settle everything else.
 */
export function supportDraft(ask: Ask, wordingSeed: string): Draft | null {
  const stated = statedJson(ask);
  const ticket =
    ticketIn(stated) ??
    (isClassification(ask) ? { subject: "", body: lastUserText(ask), customer: null, orderId: null } : null);
  if (!ticket) return null;
  const voice = voiceOf(ask.model);
  const random = randomOf(wordingSeed);
  const reading = readTicket(ticket, voice, randomOf(`${ask.model}|${ticket.subject}|${ticket.body}`));
  const order = ordersIn(stated).at(-1) ?? null;
  const one: Case = {
    ask,
    ticket,
    order,
    reading,
    rules: refundRules(promptText(ask)),
    voice,
    random,
    uses: toolUses(ask),
  };
  if (isDecision(ask)) return decisionDraft(one);
  if (isClassification(ask)) return classificationDraft(one);
  return /\b(reply|respond|answer|write|letter|message|email)\b/i.test(promptText(ask))
    ? replyDraft(one, stated)
    : null;
}

const fieldsOf = (ask: Ask) => Object.keys(isObject(ask.schema?.properties) ? ask.schema.properties : {});
const isDecision = (ask: Ask) => refundTool(ask) !== undefined || fieldsOf(ask).includes("decision");
const isClassification = (ask: Ask) =>
  ["kind", "urgency", "sentiment"].some((field) => fieldsOf(ask).includes(field)) ||
  (!isDecision(ask) && /\bclassif|\btriage/i.test(promptText(ask)));
const lastUserText = (ask: Ask) => ask.turns.findLast((turn) => turn.text)?.text ?? "";

function classificationDraft({ ticket, order, reading, voice }: Case): Draft {
  const confidence = { small: 0.78, medium: 0.88, large: 0.94 }[voice.size];
  const urgencies: Record<Reading["urgency"], Json[]> = {
    low: ["low", 1],
    normal: ["normal", "medium", 2],
    high: ["high", "urgent", 3],
  };
  const { kind, issue, language, summary } = reading;
  const value = { kind, issue, urgency: reading.urgency, language, summary, confidence };
  const hints: Hints = {
    kind: [kind, "other"],
    issue: [issue, "other"],
    category: [issue, kind],
    urgency: urgencies[reading.urgency],
    priority: urgencies[reading.urgency],
    language: [language, { en: "English", de: "German", fr: "French", es: "Spanish" }[language]],
    sentiment: kind === "complaint" ? ["negative"] : ["neutral", "mixed"],
    summary: [summary],
    confidence: [confidence],
    ...(ticket.orderId || order ? { orderId: [ticket.orderId ?? order?.id ?? null] } : {}),
  };
  return { text: JSON.stringify(value), hints, calls: [] };
}

function replyDraft(one: Case, stated: Json[]): Draft {
  const objects = objectsIn(stated);
  const verdict = statedVerdict(objects);
  const language = (objects
    .map((object) => object.language)
    .find((value) => ["en", "de", "fr", "es"].includes(String(value))) ?? one.reading.language) as Language;
  const { rules, voice, random } = one;
  const wanted = objects
    .map((object) => object.tone)
    .find((value) => value === "warm" || value === "neutral" || value === "formal");
  const tone = rules.tone === "neutral" ? ((wanted as RefundRules["tone"] | undefined) ?? "neutral") : rules.tone;
  const text = customerLetter(one.ticket, one.order, verdict, { tone, language, voice, random });
  const subject = `${one.ticket.subject ? `Re: ${one.ticket.subject}` : "Your message to us"}`;
  return {
    text,
    hints: {
      subject: [subject],
      body: [text],
      text: [text],
      reply: [text],
      message: [text],
      language: [language],
      tone: [tone],
    },
    calls: [],
  };
}

function statedVerdict(objects: JsonObject[]): Verdict | null {
  const found = objects.find((object) => typeof object.decision === "string" && "amountCents" in object);
  if (!found) return null;
  const decision = (["refund", "partial_refund", "no_refund", "escalate"] as const).find(
    (one) => one === found.decision,
  );
  const why = String(found.reason ?? "").replace(/\.$/, "");
  return {
    decision: decision ?? "escalate",
    amountCents: Number(found.amountCents) || 0,
    why: why.charAt(0).toLowerCase() + why.slice(1),
  };
}
