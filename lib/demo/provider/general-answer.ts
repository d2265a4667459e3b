import type { Json } from "#/lib/contract/json.ts";
import { type Ask, type OfferedTool, toolUses, userText } from "./ask.ts";
import { objectsIn, ordersIn, promptText, statedJson, type Order } from "./facts.ts";
import { voiceOf } from "./model-voice.ts";
import { randomOf } from "./random.ts";
import { amount } from "./refund-rules.ts";
import type { Hints } from "./schema-instance.ts";
import type { Draft } from "./draft.ts";
import { firstSentence, trimmed } from "./ticket-reading.ts";

/** An answer to anything: calls the tools that the prompt asks for, else speaks about what it was given. */
export function generalDraft(ask: Ask, wordingSeed: string): Draft {
  const hints = valuesByName(statedJson(ask));
  const wanted = wantedTools(ask);
  if (wanted.length > 0) {
    const names = wanted.map((tool) => tool.name).join(" and ");
    return { text: `I will use ${names} to find out.`, hints: {}, calls: wanted.map((tool) => ({ tool, hints })) };
  }
  const text = freeText(ask, wordingSeed);
  return {
    text,
    hints: { ...hints, summary: [text], text: [text], answer: [text], message: [text], reply: [text] },
    calls: [],
  };
}

/** The values that the conversation names, so that a tool's arguments and a structured answer reuse them. */
function valuesByName(stated: Json[]): Hints {
  const hints: Hints = {};
  for (const object of objectsIn(stated))
    for (const [name, value] of Object.entries(object))
      if (value !== null && Object.keys(hints).length < 200) (hints[name] ??= []).push(value);
  return hints;
}

const words: Record<string, number> = {
  once: 1,
  twice: 2,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};

/**
 * Tools that the prompt names and that have not been called often enough yet: one in a turn, each once if it says "in
 * parallel", each as often as is left if it says "together".
 */
function wantedTools(ask: Ask): OfferedTool[] {
  if (ask.tools.length === 0) return [];
  const prompt = promptText(ask);
  const named = ask.tools
    .filter((tool) => prompt.includes(tool.name))
    .toSorted((a, b) => prompt.indexOf(a.name) - prompt.indexOf(b.name));
  const uses = toolUses(ask);
  if (named.length === 0) {
    const suggests = /\b(call|use|look up|lookup|fetch|check|search|get|find|book|send)\b/i.test(prompt);
    return uses.length === 0 && suggests ? ask.tools.slice(0, 1) : [];
  }
  const left = (tool: OfferedTool) =>
    Math.max(0, timesOf(prompt, tool.name) - uses.filter((use) => use.call.name === tool.name).length);
  const open = named.filter((tool) => left(tool) > 0);
  if (/\btogether\b/i.test(prompt)) return open.flatMap((tool) => Array.from({ length: left(tool) }, () => tool));
  return /\b(in parallel|at once|both)\b/i.test(prompt) ? open : open.slice(0, 1);
}

function timesOf(prompt: string, name: string): number {
  const after = prompt.slice(prompt.indexOf(name) + name.length, prompt.indexOf(name) + name.length + 24);
  const said = /^\W*(\w+)(?:\s+times)?/.exec(after);
  if (said?.[1] && Number(said[1]) > 0 && /times/.test(said[0])) return Math.min(50, Number(said[1]));
  return said?.[1] ? (words[said[1].toLowerCase()] ?? 1) : 1;
}

function freeText(ask: Ask, wordingSeed: string): string {
  const random = randomOf(wordingSeed);
  const { size } = voiceOf(ask.model);
  const prompt = promptText(ask);
  const stated = statedJson(ask);
  const orders = ordersIn(stated);
  if (orders.length > 1) return digest(orders, size);
  const results = toolUses(ask).filter((use) => use.result);
  if (results.length > 0) {
    const last = results.at(-1);
    const told = `${last?.call.name} answered: ${trimmed(last?.result?.text ?? "", size === "large" ? 240 : 120)}.`;
    return last?.result?.isError
      ? `The tool did not succeed. ${told}`
      : `${random.pick(["Done.", "That settles it.", "Here is what I found."])} ${told}`;
  }
  if (/\b(greet|greeting|welcome|say hello)\b/i.test(prompt)) return greeting(ask, stated, wordingSeed);
  const facts = factsOf(stated, { small: 3, medium: 5, large: 8 }[size]);
  if (facts !== "") return `${random.pick(["In short", "What is known", "The facts", "Going by the data"])}: ${facts}.`;
  const subject = trimmed(firstSentence(userText(ask) || prompt) || "your request", 110);
  const openings = ["In short", "Here is my view", "Put simply", "To the point"];
  const points = [
    "the essentials are clear and nothing contradicts them.",
    "the next step is to act on what was stated.",
    "the facts given are enough to go on.",
    "one point deserves a second look before closing this.",
    "the request can be met as it stands.",
  ];
  const sentences = { small: 1, medium: 2, large: 3 }[size];
  const body = Array.from({ length: sentences }, () => random.pick(points)).filter(
    (point, at, all) => all.indexOf(point) === at,
  );
  return `${random.pick(openings)} on "${subject}": ${body.map((point, at) => (at === 0 ? point : point.charAt(0).toUpperCase() + point.slice(1))).join(" ")}`;
}

/** The first plain values that the data holds, in words; empty without data. */
function factsOf(stated: Json[], most: number): string {
  const plain = objectsIn(stated).flatMap((object) =>
    Object.entries(object).filter(([, value]) => typeof value !== "object" && String(value).length <= 60),
  );
  const inWords = (name: string) =>
    name
      .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
      .replaceAll(/[_-]/g, " ")
      .toLowerCase();
  return plain
    .slice(0, most)
    .map(([name, value]) => `${inWords(name)} is ${String(value).replaceAll("_", " ")}`)
    .join(", ");
}

function greeting(ask: Ask, stated: Json[], wordingSeed: string): string {
  const fromData = objectsIn(stated)
    .map((object) => object.name)
    .find((name) => typeof name === "string");
  const fromText = /(?:greet|welcome|hello to)\s+(?:the\s+)?([A-ZÀ-Þ][\p{L}-]+)/u.exec(promptText(ask))?.[1];
  const name = typeof fromData === "string" ? fromData : (fromText ?? "there");
  const { family } = voiceOf(ask.model);
  const endings =
    family === "claude"
      ? ["It is good to have you here.", "I am glad you came by."]
      : ["Great to have you on board.", "Let's get started."];
  const random = randomOf(wordingSeed);
  return `${random.pick(["Hello", "Hi", "Welcome"])}, ${name}! ${random.pick(endings)}`;
}

/** A digest that really counts: orders by state, the sum, and the ones that need someone. */
function digest(orders: Order[], size: "small" | "medium" | "large"): string {
  const states = Map.groupBy(orders, (order) => order.state || "unknown");
  const counts = [...states]
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([state, list]) => `${list.length} ${state.replaceAll("_", " ")}`);
  const total = orders.reduce((sum, order) => sum + order.totalCents, 0);
  const first = `${orders.length} orders worth ${amount(total, orders[0] ?? null)}: ${counts.join(", ")}.`;
  const troubled = orders.filter((order) => order.daysLate > 0 || /lost|damaged/.test(order.state));
  if (size === "small" || troubled.length === 0) return first;
  const named = troubled.map(
    (order) => `${order.id} (${order.daysLate > 0 ? `${order.daysLate} days late` : order.state})`,
  );
  const worst = troubled.toSorted((a, b) => b.totalCents - a.totalCents)[0];
  const advice = size === "large" && worst ? ` Start with ${worst.id}, worth ${amount(worst.totalCents, worst)}.` : "";
  return `${first} Needing attention: ${named.join(", ")}.${advice}`;
}
