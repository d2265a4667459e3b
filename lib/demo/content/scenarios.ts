import type { JsonObject } from "#/lib/contract/json.ts";
import { demoTicket } from "./load-content.ts";

/**
 * One run of the demo: what to trigger and how it ends, or where it is left (`waiting`: for an approval that a person may
 * give in the page). `cancelAfterMs` = cancel it that long after it was triggered.
 */
export type Scenario = {
  name: string;
  workflow: "support-refund" | "order-digest" | "flaky-carrier" | "weekly-refund-review";
  version: number;
  payload: JsonObject;
  expect: "completed" | "failed" | "cancelled" | "waiting";
  cancelAfterMs?: number;
  tags: string[];
};

function ticket(name: string, version: 1 | 2, more: Partial<Scenario> = {}): Scenario {
  return {
    name,
    workflow: "support-refund",
    version,
    payload: demoTicket(name),
    expect: "completed",
    tags: ["support"],
    ...more,
  };
}

/**
 * The runs that the seeder really executes, oldest first: refunds, a question, failures with a readable cause, a cancel. The
 * form's tickets write `#` before the order's number: version 1 fails on it, version 2 takes it away.
 */
export function demoScenarios(): Scenario[] {
  return [
    ticket("damaged-lamp", 1),
    ticket("tracking-question", 1),
    ticket("unknown-order", 1, { expect: "failed" }),
    {
      name: "digest",
      workflow: "order-digest",
      version: 1,
      payload: { to: "#operations" },
      expect: "completed",
      tags: ["daily"],
    },
    ticket("form-late-mugs", 1, { expect: "failed", tags: ["support", "web-form"] }),
    ticket("form-late-chair", 1, { expect: "failed", tags: ["support", "web-form"] }),
    ticket("form-broken-pan", 1, { expect: "failed", tags: ["support", "web-form"] }),
    ticket("lost-coffee", 1),
    ticket("provider-hiccup", 1),
    {
      name: "carrier-stumbles",
      workflow: "flaky-carrier",
      version: 1,
      payload: { orderId: "1003" },
      expect: "completed",
      tags: ["tracking"],
    },
    {
      name: "carrier-down",
      workflow: "flaky-carrier",
      version: 1,
      payload: { orderId: "1007" },
      expect: "failed",
      tags: ["tracking"],
    },
    ticket("rude-driver", 2),
    ticket("provider-outage", 2, { expect: "failed" }),
    ticket("late-backpack", 2),
    ticket("headphones-too-late-to-return", 2),
    ticket("hanging-answer", 2, { expect: "cancelled", cancelAfterMs: 2500 }),
    ticket("lost-camera", 2),
    {
      name: "refund-review",
      workflow: "weekly-refund-review",
      version: 1,
      payload: {},
      expect: "waiting",
      tags: ["weekly"],
    },
    ticket("late-parcel", 1),
  ];
}
