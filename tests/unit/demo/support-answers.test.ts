import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { demoPrompts, demoTicket } from "#/lib/demo/content/load-content.ts";
import { orders } from "#/lib/demo/orders/order-book.ts";
import { refundPolicies } from "#/lib/demo/orders/order-book.ts";
import { answerTo } from "#/lib/demo/provider/answer.ts";
import type { Answer, Ask, OfferedTool } from "#/lib/demo/provider/ask.ts";
import { isValid } from "#/lib/demo/provider/schema-instance.ts";
import { demoWorkflows } from "#/lib/demo/content/load-content.ts";
import { askOf } from "./ask-fixtures.ts";

const definition = demoWorkflows()[0]?.versions[0] as {
  tools: Record<string, { description: string; input: JsonObject }>;
  nodes: { id: string; output: JsonObject }[];
};
const schemaOf = (id: string) => definition.nodes.find((node) => node.id === id)?.output as JsonObject;
const prompt = (name: string, revision: number) =>
  demoPrompts().find((one) => one.name === name)?.revisions[revision - 1] ?? "";
const tools: OfferedTool[] = Object.entries(definition.tools).map(([name, tool]) => ({
  name,
  description: tool.description,
  schema: tool.input,
}));

function classify(ticket: string, model = "claude-haiku-4-5"): Record<string, string> {
  const ask = askOf(JSON.stringify({ ticket: demoTicket(ticket).ticket }), {
    model,
    instructions: prompt("classify", 1),
    schema: schemaOf("classify"),
  });
  return JSON.parse(answerTo(ask).text) as Record<string, string>;
}

/** Plays the agent to its end, answering tools as the order service does. */
function decide(ticket: string, revision: number, model = "claude-opus-4-7") {
  const payload = demoTicket(ticket);
  const order = orders.find((one) => one.id === payload.orderId) ?? null;
  let ask: Ask = askOf(JSON.stringify({ ticket: payload.ticket, orderId: payload.orderId, order } as unknown as Json), {
    model,
    instructions: prompt("decide", revision),
    schema: schemaOf("decide"),
    tools,
  });
  const calls: Answer["toolCalls"] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const answer = answerTo(ask);
    const [call] = answer.toolCalls;
    if (!call)
      return {
        calls,
        final: JSON.parse(answer.text) as {
          decision: string;
          amountCents: number;
          tone: string;
          refundId: string | null;
          customerNote: string;
        },
        total: order?.totalCents ?? 0,
        shipping: order?.shippingCents ?? 0,
      };
    calls.push(call);
    const result =
      call.name === "refund_order" ? { id: "rf_1" } : refundPolicies[(call.args as { issue: string }).issue];
    ask = {
      ...ask,
      turns: [
        ...ask.turns,
        { role: "assistant", text: answer.text, toolCalls: [call], toolResults: [] },
        {
          role: "user",
          text: "",
          toolCalls: [],
          toolResults: [{ callId: call.id, text: JSON.stringify(result), isError: false }],
        },
      ],
    };
  }
  throw new Error("the agent did not come to an end");
}

describe("classification", () => {
  test.each([
    ["late-parcel", "refund", "late", "en"],
    ["damaged-lamp", "refund", "damaged", "en"],
    ["lost-coffee", "refund", "lost", "fr"],
    ["late-backpack", "refund", "late", "de"],
    ["tracking-question", "question", null, "en"],
    ["rude-driver", "complaint", "other", "en"],
    ["headphones-too-late-to-return", "refund", "changed_mind", "en"],
    ["office-chair", "refund", "late", "en"],
    ["lost-camera", "refund", "lost", "en"],
    ["broken-pan", "refund", "damaged", "en"],
  ])("%s is read as %s", (ticket, kind, issue, language) => {
    const result = classify(ticket);
    expect(isValid(schemaOf("classify"), result)).toBe(true);
    expect(result).toMatchObject({ kind, language, ...(issue ? { issue } : {}) });
  });

  test("another model uses other words, the same model the same", () => {
    expect(classify("late-parcel").summary).toBe(classify("late-parcel").summary);
    expect(classify("late-parcel").summary).not.toBe(classify("late-parcel", "claude-opus-4-7").summary);
  });
});

describe("the refund agent", () => {
  test.each([
    ["late-parcel", 1, "refund"],
    ["late-parcel", 2, "partial_refund"],
    ["late-parcel", 3, "partial_refund"],
    ["damaged-lamp", 1, "refund"],
    ["damaged-lamp", 3, "partial_refund"],
    ["broken-pan", 3, "no_refund"],
    ["lost-camera", 1, "refund"],
    ["lost-camera", 3, "escalate"],
    ["headphones-too-late-to-return", 2, "no_refund"],
    ["rude-driver", 2, "no_refund"],
  ])("%s under prompt revision %i: %s", (ticket, revision, decision) => {
    const { final, calls, total } = decide(ticket, revision);
    expect(isValid(schemaOf("decide"), final as unknown as Json)).toBe(true);
    expect(final.decision).toBe(decision);
    const refunds = calls.filter((call) => call.name === "refund_order");
    const isPaid = decision === "refund" || decision === "partial_refund";
    expect(refunds).toHaveLength(isPaid ? 1 : 0);
    expect(final.amountCents).toBeLessThanOrEqual(total);
    if (isPaid) expect(refunds[0]?.args).toMatchObject({ amountCents: final.amountCents });
    expect(final.refundId).toBe(isPaid ? "rf_1" : null);
  });

  test("a stricter prompt lowers the amount and changes the tone", () => {
    const [generous, policy, strict] = [1, 2, 3].map((revision) => decide("late-parcel", revision));
    expect(generous?.final.amountCents).toBe(generous?.total);
    expect(policy?.final.amountCents).toBeLessThan(generous?.final.amountCents ?? 0);
    expect(strict?.final.amountCents).toBe(strict?.shipping);
    expect(generous?.final.tone).toBe("warm");
    expect(strict?.final.tone).toBe("formal");
    expect(strict?.final.customerNote).not.toBe(generous?.final.customerNote);
  });

  test("the policy is asked before the decision when the prompt says so", () => {
    expect(decide("late-parcel", 2).calls.map((call) => call.name)).toEqual(["get_refund_policy", "refund_order"]);
  });

  test("a smaller model may round the amount", () => {
    const exact = decide("late-parcel", 2).final.amountCents;
    const round = decide("late-parcel", 2, "gpt-5.4-mini").final.amountCents;
    expect(round % 100).toBe(0);
    expect(Math.abs(exact - round)).toBeLessThan(100);
  });

  test("a refund that could not be booked is handed to a person", () => {
    const ask = askOf(
      JSON.stringify({ ticket: demoTicket("late-parcel").ticket, order: orders[0] } as unknown as Json),
      {
        instructions: prompt("decide", 1),
        tools: tools.filter((tool) => tool.name === "refund_order"),
        schema: schemaOf("decide"),
      },
    );
    const [call] = answerTo(ask).toolCalls;
    const after: Ask = {
      ...ask,
      turns: [
        ...ask.turns,
        { role: "assistant", text: "", toolCalls: call ? [call] : [], toolResults: [] },
        {
          role: "user",
          text: "",
          toolCalls: [],
          toolResults: [{ callId: call?.id ?? "", text: "503", isError: true }],
        },
      ],
    };
    expect(JSON.parse(answerTo(after).text)).toMatchObject({ decision: "escalate", amountCents: 0, refundId: null });
  });
});

describe("the reply", () => {
  const reply = (ticket: string, decision: Json, model = "claude-sonnet-5") =>
    JSON.parse(
      answerTo(
        askOf(JSON.stringify({ ticket: demoTicket(ticket).ticket, decision } as unknown as Json), {
          model,
          instructions: prompt("reply", 1),
          schema: schemaOf("draft_reply"),
        }),
      ).text,
    ) as { subject: string; body: string };

  test("says what was decided, in the language of the ticket", () => {
    const decided = { decision: "partial_refund", amountCents: 1234, reason: "Late.", tone: "warm" };
    expect(reply("late-parcel", decided).body).toMatch(/Jonas[\s\S]*12\.34 EUR/);
    expect(reply("late-backpack", decided).body).toMatch(/Wir erstatten Ihnen 12\.34 EUR/);
    expect(reply("lost-coffee", decided).body).toMatch(/remboursons 12\.34 EUR/);
  });

  test("answers a question that needed no decision, and takes the tone of the decision", () => {
    expect(reply("tracking-question", null).body).toMatch(/tracking number/);
    const formal = { decision: "no_refund", amountCents: 0, reason: "The carrier delivered on time.", tone: "formal" };
    expect(reply("late-parcel", formal).body).toMatch(/^Dear Jonas Keller/);
  });
});
