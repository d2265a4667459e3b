import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startOrders } from "#/lib/demo/orders/server.ts";
import { orders } from "#/lib/demo/orders/order-book.ts";

let service: Awaited<ReturnType<typeof startOrders>>;
beforeEach(async () => {
  service = await startOrders();
});
afterEach(() => service.close());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(service.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

describe("orders", () => {
  test("are at least a dozen, add up, and come in every state", () => {
    expect(orders.length).toBeGreaterThanOrEqual(12);
    for (const order of orders) {
      const goods = order.items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
      expect(order.totalCents).toBe(goods + order.shippingCents);
    }
    expect(new Set(orders.map((order) => order.delivery.state)).size).toBeGreaterThanOrEqual(5);
    expect(orders.some((order) => order.delivery.daysLate > 5)).toBe(true);
  });

  test("are read by id; an unknown one is 404 with an error in JSON", async () => {
    expect((await call("GET", "/orders/1001")).body).toMatchObject({ id: "1001", customer: { name: "Jonas Keller" } });
    expect(await call("GET", "/orders/9999")).toMatchObject({
      status: 404,
      body: { error: { code: "order_not_found" } },
    });
    expect((await call("GET", "/orders")).body.orders).toHaveLength(orders.length);
  });
});

describe("refunds", () => {
  const refund = { orderId: "1001", amountCents: 500, reason: "late" };

  test("one key books once, another request under it is refused, no key books every time", async () => {
    const key = { "idempotency-key": "run:refund:1" };
    const first = await call("POST", "/refunds", refund, key);
    const again = await call("POST", "/refunds", refund, key);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await call("POST", "/refunds", { ...refund, amountCents: 600 }, key)).toMatchObject({
      status: 422,
      body: { error: { code: "idempotency_key_reused" } },
    });
    await call("POST", "/refunds", refund);
    await call("POST", "/refunds", refund);
    expect((await call("GET", "/stats")).body).toMatchObject({
      refunds: 3,
      refundedCents: 1500,
      requests: { POST: 5 },
    });
    expect((await call("GET", "/refunds?orderId=1001")).body.refunds).toHaveLength(3);
  });

  test.each([
    ["an unknown order", { ...refund, orderId: "9999" }, 404],
    ["more than the order is worth", { ...refund, amountCents: 10_000_000 }, 422],
    ["nothing", { ...refund, amountCents: 0 }, 400],
    ["a fraction", { ...refund, amountCents: 1.5 }, 400],
    ["no order", { amountCents: 5 }, 400],
  ])("of %s are refused", async (_name, body, status) => {
    expect((await call("POST", "/refunds", body)).status).toBe(status);
    expect(service.ledger.refunds).toHaveLength(0);
  });
});

test("notifications are kept and counted", async () => {
  await call("POST", "/notifications", { channel: "email", to: "a@example.com", subject: "Hi", body: "There" });
  expect((await call("GET", "/notifications")).body.notifications).toMatchObject([
    { to: "a@example.com", body: "There" },
  ]);
  await call("POST", "/__reset");
  expect((await call("GET", "/stats")).body).toEqual({ refunds: 0, refundedCents: 0, notifications: 0, requests: {} });
});

test("one carrier stumbles before it answers, one never does", async () => {
  const northline = orders.find((order) => order.carrier === "Northline");
  const heavyhaul = orders.find((order) => order.carrier === "Heavyhaul");
  const track = async (order: typeof northline) =>
    (await call("GET", `/carriers/${order?.carrier}/parcels/${order?.trackingNumber}`)).status;
  expect([await track(northline), await track(northline), await track(northline)]).toEqual([503, 503, 200]);
  expect([await track(heavyhaul), await track(heavyhaul), await track(heavyhaul)]).toEqual([503, 503, 503]);
});

test("what was booked survives a restart when a file is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orders-"));
  const file = join(folder, "ledger.json");
  try {
    const first = await startOrders({ file });
    first.ledger.bookRefund({ orderId: "1001", amountCents: 5, reason: "" }, "key");
    await first.close();
    const second = await startOrders({ file });
    expect(second.ledger.bookRefund({ orderId: "1001", amountCents: 5, reason: "" }, "key").outcome).toBe("repeated");
    expect(second.ledger.refunds).toHaveLength(1);
    await second.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
