import type { Ticket } from "./facts.ts";
import type { Voice } from "./model-voice.ts";
import type { Random } from "./random.ts";

export type Issue = "late" | "lost" | "damaged" | "wrong_item" | "changed_mind" | "other";
export type Language = "en" | "de" | "fr" | "es";
export type Reading = {
  kind: "refund" | "complaint" | "question" | "other";
  issue: Issue;
  urgency: "low" | "normal" | "high";
  language: Language;
  hasEvidence: boolean;
  summary: string;
};

const languages: [Language, RegExp][] = [
  ["de", /\b(ich|nicht|bestellung|paket|bitte|geld|liefer\w+|und)\b/gi],
  ["fr", /\b(je|colis|commande|bonjour|rembours\w+|merci|livraison|est)\b/gi],
  ["es", /\b(pedido|paquete|hola|reembolso|gracias|entrega|pero)\b/gi],
];
const issues: [Issue, RegExp][] = [
  ["damaged", /damage|broken|crack|shatter|scratch|torn|kaputt|beschädigt|zerbroch|cassé|abîmé|endommag|roto/i],
  [
    "wrong_item",
    /wrong (item|size|colou?r|model|one)|not what i ordered|instead of|falsch|mauvais (article|modèle)|equivocad/i,
  ],
  [
    "lost",
    /never arrived|not arrived|lost|missing parcel|no sign of|vanished|verloren|nie angekommen|jamais (reçu|arrivé)|perdid/i,
  ],
  ["late", /late|delay|days after|too long|still waiting|overdue|spät|verspät|retard|tard/i],
  [
    "changed_mind",
    /changed my mind|no longer (need|want)|return (it|them|the)|don't (want|need) it|zurückgeben|retourner|devolver/i,
  ],
];
const wantsMoney = /refund|money back|reimburs|compensat|geld zurück|erstatt|rembours|reembolso|devol(ver|ución)/i;
const complains =
  /complain|disappoint|unacceptable|rude|terrible|angry|worst|never again|ärgerlich|enttäuscht|déçu|inacceptable|queja/i;
const asks = /\?|\b(how|when|where|which|could you tell|can i)\b/i;
const presses =
  /urgent|immediately|asap|today|tomorrow|lawyer|third time|deadline|dringend|sofort|heute|morgen|urgente?|demain|aujourd'hui/gi;
const subtle =
  /birthday|wedding|anniversary|christmas|exam|hospital|gift|geburtstag|weihnachten|hochzeit|anniversaire|mariage|noël|cadeau/i;
const evidence = /photo|picture|attached|image|foto|bild|anbei|pièce jointe|ci-joint/i;

const count = (text: string, words: RegExp) => text.match(words)?.length ?? 0;

/**
 * What a support agent reads out of a ticket. Larger models catch quieter hints of urgency, small ones miss them;
 * one ticket in six is a borderline case on which models differ.
 */
export function readTicket(ticket: Ticket, voice: Voice, random: Random): Reading {
  const text = `${ticket.subject}. ${ticket.body}`;
  const issue = issues.find(([, words]) => words.test(text))?.[0] ?? "other";
  const kind = wantsMoney.test(text)
    ? "refund"
    : complains.test(text)
      ? "complaint"
      : asks.test(text)
        ? "question"
        : "other";
  const pressure = count(text, presses) + (voice.size === "large" && subtle.test(text) ? 1 : 0);
  const borderline = random.next() < 1 / 6 ? 1 : 0;
  const level = Math.min(2, (kind === "refund" || kind === "complaint" ? 1 : 0) + Math.min(1, pressure + borderline));
  return {
    kind,
    issue,
    urgency: (["low", "normal", "high"] as const)[level] ?? "normal",
    language: languageOf(text),
    hasEvidence: evidence.test(text),
    summary: summaryOf(ticket, issue, voice, random),
  };
}

function languageOf(text: string): Language {
  const best = languages
    .map(([language, words]) => ({ language, hits: count(text, words) }))
    .toSorted((a, b) => b.hits - a.hits);
  return best[0] && best[0].hits >= 2 ? best[0].language : "en";
}

/** Readable names of what went wrong. */
export const issueNames: Record<Issue, string> = {
  late: "a late delivery",
  lost: "a parcel that never arrived",
  damaged: "damaged goods",
  wrong_item: "the wrong item",
  changed_mind: "a change of mind",
  other: "a general matter",
};

function summaryOf(ticket: Ticket, issue: Issue, voice: Voice, random: Random): string {
  const who = ticket.customer ?? "The customer";
  const subject = ticket.subject || firstSentence(ticket.body);
  const about = issueNames[issue];
  if (voice.size === "small")
    return `${who} ${random.pick(["reports", "writes about"])} ${about} (${trimmed(subject)}).`;
  const opening = random.pick([
    `${who} contacts us about ${about}`,
    `${who} writes because of ${about}`,
    `This concerns ${about}, raised by ${who}`,
  ]);
  const detail = voice.size === "large" ? ` In their words: "${trimmed(firstSentence(ticket.body), 140)}"` : "";
  return `${opening}: ${trimmed(subject)}.${detail}`;
}

/** The first sentence of a text, without its closing dot. */
export function firstSentence(text: string): string {
  return (/^[\s\S]*?[.!?](?=\s|$)/.exec(text.trim())?.[0] ?? text.trim())
    .replace(/[.\s]+$/, "")
    .replaceAll(/\s+/g, " ");
}

/** At most `length` characters, cut at a word and marked with an ellipsis. */
export function trimmed(text: string, length = 90): string {
  const flat = text.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  return flat.length <= length ? flat : `${flat.slice(0, length).replace(/\s\S*$/, "")}…`;
}
