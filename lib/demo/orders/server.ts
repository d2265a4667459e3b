import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { type Listening, listen, readJson, sendJson, UnreadableBody } from "#/lib/demo/json-http.ts";
import { Carriers } from "./carriers.ts";
import { type Booked, Ledger } from "./ledger.ts";
import { orders, refundPolicies } from "./order-book.ts";

/** `file` keeps refunds and notifications across restarts; without it they live in memory. */
export type OrdersOptions = { port?: number; file?: string | null };

const RefundRequest = z.object({
  orderId: z.coerce.string().min(1),
  amountCents: z.int().positive(),
  reason: z.string().default(""),
});
const NotificationRequest = z.object({
  channel: z.string().default("email"),
  to: z.string().nullable().default(null),
  subject: z.string().nullable().default(null),
  body: z.json().default(null),
});

type Answer = { status: number; body: unknown; headers?: Record<string, string> };
type Shop = { ledger: Ledger; carriers: Carriers };

/** Starts the demo shop's order service on 127.0.0.1. The ledger is handed out so that tests can count what arrived. */
export async function startOrders(options: OrdersOptions = {}): Promise<Listening & { ledger: Ledger }> {
  const shop: Shop = { ledger: new Ledger(options.file ?? null), carriers: new Carriers() };
  const listening = await listen((request, response) => void handle(shop, request, response), options.port);
  return { ...listening, ledger: shop.ledger };
}

async function handle(shop: Shop, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await answered(shop, request).catch(faultAnswer);
  sendJson(response, answer.status, answer.body, answer.headers);
}

const problem = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

function faultAnswer(error: unknown): Answer {
  if (error instanceof UnreadableBody) return problem(400, "unreadable_body", error.message);
  if (error instanceof z.ZodError) return problem(400, "invalid_request", z.prettifyError(error));
  return problem(500, "internal", (error as Error).message);
}

async function answered(shop: Shop, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://orders");
  const [first = "", ...rest] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const method = request.method ?? "GET";
  if (first === "__reset" && method === "POST") {
    shop.ledger.reset();
    shop.carriers.reset();
    return { status: 200, body: { ok: true } };
  }
  if (first === "health") return { status: 200, body: { ok: true } };
  if (first === "stats") return { status: 200, body: stats(shop.ledger) };
  shop.ledger.countRequest(method);
  if (method === "GET" || method === "HEAD") return read(shop, first, rest, url.searchParams);
  if (method !== "POST" || rest.length > 0)
    return problem(405, "method_not_allowed", `${method} ${url.pathname} is not offered`);
  return write(shop.ledger, first, request);
}

function read(shop: Shop, first: string, rest: string[], query: URLSearchParams): Answer {
  const [id] = rest;
  if (first === "orders") return id === undefined ? { status: 200, body: { orders } } : readOrder(id);
  if (first === "refunds") {
    const wanted = query.get("orderId");
    return {
      status: 200,
      body: { refunds: shop.ledger.refunds.filter((refund) => wanted === null || refund.orderId === wanted) },
    };
  }
  if (first === "notifications") return { status: 200, body: { notifications: shop.ledger.notifications } };
  if (first === "refund-policy") {
    const policy = id !== undefined && Object.hasOwn(refundPolicies, id) ? refundPolicies[id] : refundPolicies.other;
    return { status: 200, body: { issue: id ?? "other", ...policy } };
  }
  if (first === "carriers" && id !== undefined && rest[1] === "parcels" && rest[2] !== undefined)
    return shop.carriers.track(id, rest[2]);
  return problem(404, "not_found", `/${[first, ...rest].join("/")} does not exist`);
}

function readOrder(id: string): Answer {
  const order = orders.find((one) => one.id === id);
  return order ? { status: 200, body: order } : problem(404, "order_not_found", `Order ${id} does not exist.`);
}

async function write(ledger: Ledger, first: string, request: IncomingMessage): Promise<Answer> {
  const header = request.headers["idempotency-key"];
  const key = typeof header === "string" && header !== "" ? header : null;
  const body = await readJson(request);
  if (first === "refunds") {
    const wanted = RefundRequest.parse(body);
    const order = orders.find((one) => one.id === wanted.orderId);
    if (!order) return problem(404, "order_not_found", `Order ${wanted.orderId} does not exist.`);
    if (wanted.amountCents > order.totalCents)
      return problem(
        422,
        "amount_exceeds_order",
        `Order ${order.id} is worth ${order.totalCents} cents, a refund cannot exceed it.`,
      );
    return bookingAnswer(ledger.bookRefund(wanted, key));
  }
  if (first === "notifications") return bookingAnswer(ledger.bookNotification(NotificationRequest.parse(body), key));
  return problem(404, "not_found", `POST /${first} does not exist`);
}

function bookingAnswer(booked: Booked<object>): Answer {
  if (booked.outcome === "conflict")
    return problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request.");
  if (booked.outcome === "repeated")
    return { status: 200, body: booked.entry, headers: { "idempotent-replayed": "true" } };
  return { status: 201, body: booked.entry };
}

function stats(ledger: Ledger): object {
  const refundedCents = ledger.refunds.reduce((sum, refund) => sum + refund.amountCents, 0);
  return {
    refunds: ledger.refunds.length,
    refundedCents,
    notifications: ledger.notifications.length,
    requests: ledger.requests,
  };
}
