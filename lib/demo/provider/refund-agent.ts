import { type Ask, isObject, type OfferedTool, parsedOrText, type ToolUse } from "./ask.ts";
import { customerLetter } from "./customer-letter.ts";
import type { Case, Draft } from "./draft.ts";
import { objectsIn, promptText } from "./facts.ts";
import { amount, decideRefund, type Verdict } from "./refund-rules.ts";
import type { Hints } from "./schema-instance.ts";
import { issueNames } from "./ticket-reading.ts";

/** The offered tool that sends money back, told by its name. */
export const refundTool = (ask: Ask) =>
  ask.tools.find((tool) => /refund/i.test(tool.name) && !/policy|get|list|lookup/i.test(tool.name));
const isUsed = (one: Case, tool: OfferedTool) => one.uses.some((use) => use.call.name === tool.name);

/** The next turn of the agent that decides on a refund: look up, consult the policy, book once, conclude. */
export function decisionDraft(one: Case): Draft {
  const { ask, reading, ticket } = one;
  const orderTool = ask.tools.find((tool) => /(get|lookup|fetch|find|read)_?order/i.test(tool.name));
  const orderHints: Hints = {
    orderId: [ticket.orderId ?? ""],
    id: [ticket.orderId ?? ""],
    order_id: [ticket.orderId ?? ""],
  };
  if (!one.order && orderTool && ticket.orderId && !isUsed(one, orderTool))
    return {
      text: `Let me look at order ${ticket.orderId} first.`,
      hints: {},
      calls: [{ tool: orderTool, hints: orderHints }],
    };
  const policyTool = ask.tools.find((tool) => /policy|rules/i.test(tool.name));
  if (policyTool && !isUsed(one, policyTool) && wantsPolicy(one, policyTool)) {
    const text = `This looks like ${issueNames[reading.issue]}; I check what our policy grants.`;
    return {
      text,
      hints: {},
      calls: [{ tool: policyTool, hints: { issue: [reading.issue, "other"], ...orderHints } }],
    };
  }
  return settle(one, policyTool);
}

/** Small models consult the policy only when the prompt names it; the others always do. */
function wantsPolicy(one: Case, tool: OfferedTool): boolean {
  return one.voice.size !== "small" || promptText(one.ask).includes(tool.name) || /policy/i.test(promptText(one.ask));
}

function settle(one: Case, policyTool: OfferedTool | undefined): Draft {
  const { ask, order, rules, voice } = one;
  const policyUse = one.uses.findLast((use) => use.call.name === policyTool?.name);
  const policy = policyUse?.result && !policyUse.result.isError ? parsedOrText(policyUse.result.text) : null;
  const verdict = decideRefund(one.reading, order, rules, policy, voice);
  const tool = refundTool(ask);
  const booked = one.uses.find((use) => use.call.name === tool?.name);
  if (tool && order && !booked && verdict.amountCents > 0) {
    const reason = sentence(`${verdict.why} (order ${order.id})`);
    const hints: Hints = {
      orderId: [order.id, Number(order.id)],
      id: [order.id],
      amountCents: [verdict.amountCents],
      amount: [verdict.amountCents / 100],
      currency: [order.currency],
      reason: [reason],
    };
    return {
      text: `${sentence(verdict.why)} I refund ${amount(verdict.amountCents, order)}.`,
      hints: {},
      calls: [{ tool, hints }],
    };
  }
  return conclusion(one, booked ? afterBooking(verdict, booked) : verdict, bookingId(booked));
}

function bookingId(use: ToolUse | undefined): string | null {
  const result = use?.result ? parsedOrText(use.result.text) : null;
  const id = objectsIn(result === null ? [] : [result])
    .map((object) => object.id)
    .find((value) => typeof value === "string");
  return typeof id === "string" ? id : null;
}

/** A booking that failed is handed to a person; the amount is the one that was asked for. */
function afterBooking(verdict: Verdict, use: ToolUse): Verdict {
  if (use.result?.isError) return { decision: "escalate", amountCents: 0, why: "the refund could not be booked" };
  const asked = isObject(use.call.args) ? use.call.args.amountCents : null;
  return typeof asked === "number" ? { ...verdict, amountCents: asked } : verdict;
}

const outcomes: Record<Verdict["decision"], string> = {
  refund: "Refund in full",
  partial_refund: "Partial refund",
  no_refund: "No refund",
  escalate: "Handed to a colleague",
};

function conclusion(one: Case, verdict: Verdict, refundId: string | null): Draft {
  const { order, rules, voice, random } = one;
  const { decision, amountCents, why } = verdict;
  const sum = amountCents > 0 ? ` of ${amount(amountCents, order)}` : "";
  const reason =
    voice.size === "small"
      ? sentence(why)
      : sentence(
          `${random.pick(["After checking the order", "Having weighed ticket and order", "On the facts of the order"])}, ${why}`,
        );
  const note =
    customerLetter(one.ticket, order, verdict, {
      tone: rules.tone,
      language: one.reading.language,
      voice,
      random,
    }).split("\n")[3] ?? "";
  const hints: Hints = {
    decision: [decision, decision === "partial_refund" ? "refund" : "no_refund", decision !== "no_refund"],
    amountCents: [amountCents],
    amount: [amountCents / 100],
    currency: [order?.currency ?? "EUR"],
    reason: [reason],
    refundId: [refundId, ""],
    orderId: [order?.id ?? one.ticket.orderId],
    customerNote: [note],
    tone: [rules.tone],
    issue: [one.reading.issue, "other"],
  };
  const booking = refundId ? ` Booked as ${refundId}.` : "";
  return { text: `${outcomes[decision]}${sum}. ${reason}${booking}\n\n${note}`, hints, calls: [] };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
