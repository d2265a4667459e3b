import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, isObject, toolUses, userText, withoutMarkers } from "./ask.ts";

export type Ticket = { subject: string; body: string; customer: string | null; orderId: string | null };
export type Order = {
  id: string;
  totalCents: number;
  shippingCents: number;
  currency: string;
  state: string;
  daysLate: number;
  ageDays: number | null;
  customer: string | null;
  titles: string[];
};

const depthLimit = 12;
/** Brackets that open no JSON before the search gives up; each one costs a walk through the text. */
const failureLimit = 100;

/** All JSON values that the conversation carries: in messages, in fenced or bare blocks, in tool results. */
export function statedJson(ask: Ask): Json[] {
  const texts = [ask.instructions, userText(ask), ...toolUses(ask).map((use) => use.result?.text ?? "")];
  return texts.flatMap((text) => jsonBlocks(withoutMarkers(text)));
}

/** The JSON objects and arrays that are in a text, outermost only. */
function jsonBlocks(text: string): Json[] {
  return jsonSpans(text).map(([from, to]) => JSON.parse(text.slice(from, to)) as Json);
}

function jsonSpans(text: string): [number, number][] {
  const found: [number, number][] = [];
  let failures = 0;
  for (let at = 0; at < text.length && failures < failureLimit; at += 1) {
    if (text[at] !== "{" && text[at] !== "[") continue;
    const end = blockEnd(text, at);
    if (end > 0 && isJson(text.slice(at, end + 1))) {
      found.push([at, end + 1]);
      at = end;
    } else failures += 1;
  }
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What the author of the workflow wrote: the conversation's opening without the JSON that was filled in. */
export function promptText(ask: Ask): string {
  const withoutData = (text: string) =>
    jsonSpans(text)
      .toReversed()
      .reduce((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
  return withoutMarkers([ask.instructions, withoutData(userText(ask))].filter((part) => part.trim()).join("\n"));
}

function blockEnd(text: string, start: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (isQuoted) {
      if (char === "\\") at += 1;
      else if (char === '"') isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** Every object in the values, outer before inner. */
export function objectsIn(values: Json[], depth = 0): JsonObject[] {
  if (depth > depthLimit) return [];
  return values.flatMap((value) => {
    if (Array.isArray(value)) return objectsIn(value, depth + 1);
    return isObject(value) ? [value, ...objectsIn(Object.values(value), depth + 1)] : [];
  });
}

const text = (value: Json | undefined) => (typeof value === "string" ? value : "");
const number = (value: Json | undefined) => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** The support ticket in the conversation: an object with a body, a `ticket` string, or null. */
export function ticketIn(values: Json[]): Ticket | null {
  const objects = objectsIn(values);
  const orderId = objects
    .map((object) => object.orderId)
    .find((id) => typeof id === "string" || typeof id === "number");
  const stated = orderId === undefined ? null : String(orderId);
  for (const object of objects) {
    if (typeof object.ticket === "string") return { subject: "", body: object.ticket, customer: null, orderId: stated };
    if (typeof object.body === "string" && !("items" in object)) {
      const customer = isObject(object.customer) ? text(object.customer.name) : text(object.customer);
      return { subject: text(object.subject), body: object.body, customer: customer || null, orderId: stated };
    }
  }
  return null;
}

/** The orders in the conversation, told by an id, items and a total. */
export function ordersIn(values: Json[]): Order[] {
  return objectsIn(values)
    .filter((object) => "id" in object && Array.isArray(object.items) && typeof object.totalCents === "number")
    .map(readOrder);
}

function readOrder(object: JsonObject): Order {
  const delivery = isObject(object.delivery) ? object.delivery : {};
  const placed = Date.parse(text(object.placedAt));
  const reported = Date.parse(text(delivery.updatedAt));
  return {
    id: String(object.id),
    totalCents: number(object.totalCents),
    shippingCents: number(object.shippingCents),
    currency: text(object.currency) || "EUR",
    state: text(delivery.state),
    daysLate: number(delivery.daysLate),
    ageDays: Number.isNaN(placed) || Number.isNaN(reported) ? null : Math.floor((reported - placed) / 86_400_000),
    customer: isObject(object.customer) ? text(object.customer.name) || null : null,
    titles: (object.items as Json[]).filter(isObject).map((item) => text(item.title)),
  };
}
