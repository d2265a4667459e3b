import type { Json } from "#/lib/contract/json.ts";
import { isObject } from "./ask.ts";
import type { Order } from "./facts.ts";
import type { Voice } from "./model-voice.ts";
import type { Issue, Reading } from "./ticket-reading.ts";

/** What a prompt says about refunds, read out of its sentences; null and false = it says nothing. */
export type RefundRules = {
  capPercent: number | null;
  capCents: number | null;
  lateShippingOnly: boolean;
  lateInFull: boolean;
  windowDays: number | null;
  escalateAboveCents: number | null;
  evidenceForDamage: boolean;
  never: boolean;
  tone: "warm" | "neutral" | "formal";
};

export type Verdict = {
  decision: "refund" | "partial_refund" | "no_refund" | "escalate";
  amountCents: number;
  why: string;
};

const money = String.raw`(?:€|\$|EUR|USD)?\s*(\d+(?:[.,]\d{2})?)\s*(?:€|EUR|USD|euros?|dollars?)?`;
const limit = String.raw`(?:at most|no more than|never more than|up to|not exceed(?:ing)?|capped at|maximum of|limit of)`;

/** Reads the rules that a prompt states in plain words; an edited prompt therefore acts differently. */
export function refundRules(prompt: string): RefundRules {
  const found = (pattern: string) => new RegExp(pattern, "i").exec(prompt)?.[1] ?? null;
  const cents = (text: string | null) => (text === null ? null : Math.round(Number(text.replace(",", ".")) * 100));
  const percent = found(`${limit}\\s+(?:a total of\\s+)?(\\d{1,3})\\s*(?:%|percent)`);
  const says = (pattern: RegExp) => pattern.test(prompt);
  return {
    capPercent: percent === null ? null : Number(percent),
    capCents: cents(
      found(`${limit}\\s+(?:€|\\$|EUR|USD)\\s*(\\d+(?:[.,]\\d{2})?)`) ??
        found(`${limit}\\s+(\\d+(?:[.,]\\d{2})?)\\s*(?:€|EUR|USD|euros?|dollars?)`),
    ),
    lateShippingOnly: says(/shipping (fee|costs?|charge)?\s*only|only the shipping/i),
    lateInFull: says(/late[^.]{0,60}in full|full refund[^.]{0,40}late|generous/i),
    windowDays: Number(found("within (\\d+) days")) || null,
    escalateAboveCents: cents(found(`(?:escalate|hand over|human)[^.]{0,60}(?:above|over|more than)\\s+${money}`)),
    evidenceForDamage: says(
      /(photo|picture|evidence)[^.]{0,60}(required|must|before|without)|(require|without|ask for)[^.]{0,30}(photo|picture|evidence)/i,
    ),
    never: says(
      /\b(never|do not|don't|no) (grant |give |make |issue )?(any )?refunds?(?=\s*(?:[.!;,]|$|at all|ever\b|to any|under any|in any))/i,
    ),
    tone: says(/formal|concise|matter-of-fact|brief/i)
      ? "formal"
      : says(/warm|friendly|apologi|kind|generous/i)
        ? "warm"
        : "neutral",
  };
}

/** The share of the order that the shop's policy grants, as a tool may have answered it. */
function grantedPercent(policy: Json | null): number | null {
  const value = isObject(policy) ? policy.refundPercent : undefined;
  return typeof value === "number" ? value : null;
}

/** Decides one refund: the order's facts, the prompt's rules, the shop's policy (if asked) and the model's care. */
export function decideRefund(
  reading: Reading,
  order: Order | null,
  rules: RefundRules,
  policy: Json | null,
  voice: Voice,
): Verdict {
  if (!order) return { decision: "escalate", amountCents: 0, why: "the order is not known" };
  if (rules.never) return { decision: "no_refund", amountCents: 0, why: "the instructions allow no refund" };
  const issue = actualIssue(reading.issue, order);
  const refusal = refusalOf(issue, reading, order, rules);
  if (refusal) return { decision: "no_refund", amountCents: 0, why: refusal };
  const base = baseAmount(issue, order, rules, policy);
  const capped = Math.min(base.cents, percentOf(order, rules.capPercent), rules.capCents ?? Infinity, order.totalCents);
  const amountCents = rounded(capped, order, voice);
  if (rules.escalateAboveCents !== null && amountCents > rules.escalateAboveCents)
    return {
      decision: "escalate",
      amountCents: 0,
      why: `${amount(amountCents, order)} is above the limit for deciding alone`,
    };
  if (amountCents <= 0) return { decision: "no_refund", amountCents: 0, why: base.why };
  const why = capped < base.cents ? `${base.why}, limited by the instructions` : base.why;
  return { decision: amountCents >= order.totalCents ? "refund" : "partial_refund", amountCents, why };
}

/** The order's own record wins over what the ticket claims. */
function actualIssue(claimed: Issue, order: Order): Issue {
  if (order.state === "lost" || order.state === "damaged") return order.state;
  if (claimed === "lost" && order.daysLate > 0) return "late";
  return claimed === "other" && order.daysLate > 0 ? "late" : claimed;
}

function refusalOf(issue: Issue, reading: Reading, order: Order, rules: RefundRules): string | null {
  if (issue === "other") return "nothing in the order calls for one";
  if (issue === "late" && order.daysLate <= 0) return "the carrier delivered on time";
  if (issue === "damaged" && rules.evidenceForDamage && !reading.hasEvidence)
    return "a photo of the damage is needed first";
  const window = rules.windowDays ?? 30;
  if (issue === "changed_mind" && order.ageDays !== null && order.ageDays > window)
    return `the return window of ${window} days has passed`;
  return null;
}

function baseAmount(
  issue: Issue,
  order: Order,
  rules: RefundRules,
  policy: Json | null,
): { cents: number; why: string } {
  const total = order.totalCents;
  const granted = grantedPercent(policy);
  if (issue === "late") {
    const why = `the parcel came ${order.daysLate} day${order.daysLate === 1 ? "" : "s"} late`;
    if (rules.lateShippingOnly) return { cents: order.shippingCents, why };
    if (rules.lateInFull) return { cents: total, why };
    const share = granted ?? (order.daysLate > 10 ? 50 : order.daysLate > 3 ? 20 : 0);
    return { cents: order.shippingCents + ((total - order.shippingCents) * share) / 100, why };
  }
  if (issue === "changed_mind")
    return { cents: total - order.shippingCents, why: "the goods come back within the return window" };
  const share = granted ?? 100;
  const why = {
    lost: "the carrier lost the parcel",
    damaged: "the goods arrived damaged",
    wrong_item: "the wrong item was sent",
    other: "",
  }[issue];
  return { cents: (total * share) / 100, why };
}

const percentOf = (order: Order, percent: number | null) =>
  percent === null ? Infinity : (order.totalCents * percent) / 100;

/** Small models like round sums, large ones are exact; a full refund always is. */
function rounded(cents: number, order: Order, voice: Voice): number {
  if (cents >= order.totalCents) return order.totalCents;
  const unit = { small: 100, medium: 50, large: 1 }[voice.size];
  return cents < unit ? Math.round(cents) : Math.floor(cents / unit) * unit;
}

/** An amount for people, such as `12.50 EUR`. */
export function amount(cents: number, order: Pick<Order, "currency"> | null): string {
  return `${(cents / 100).toFixed(2)} ${order?.currency ?? "EUR"}`;
}
