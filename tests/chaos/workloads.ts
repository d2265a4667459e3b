import { chain } from "#/tests/support/worker-fleet.ts";

/** The path of a step in the URL of its calls, so that the order service's record names it. */
function call(id: string, method: "GET" | "POST", ms: number, more: object = {}, key = id, query = "") {
  const url = `{{ env.ORDERS }}/call?run={{ run.id }}&key=${key}&ms=${ms}${query}`;
  return { id, type: "tool", http: { method, url }, timeoutMs: 4000, ...more };
}

const transform = (id: string) => ({ id, type: "transform", value: { text: "{{ 'x' + run.id }}", n: "{{ 1 + 1 }}" } });
const retried = { retry: { maxAttempts: 4, backoffMs: 150 } };
const model = "anthropic:claude-haiku-4-5";
const asked = { model, timeoutMs: 3000, retry: { maxAttempts: 4, backoffMs: 100 } };

/** The child of `family`; never triggered by itself. */
const child = { name: "child", nodes: chain([call("read", "GET", 40), call("charge", "POST", 60), transform("end")]) };

/** What runs are made of, by the slug of the workflow. */
export const workloads: Record<string, { name: string; nodes: object[]; [field: string]: unknown }> = {
  child,
  transforms: { name: "transforms", nodes: chain(["a", "b", "c", "d", "e", "f"].map(transform)) },
  mixture: {
    name: "mixture",
    nodes: [
      ...chain([
        transform("first"),
        call("read", "GET", 30),
        call("charge", "POST", 40),
        call("slow_read", "GET", 220),
        transform("second"),
        call("slow_charge", "POST", 200),
      ]),
      { ...call("side", "GET", 60), needs: ["first"] },
      { ...transform("join"), needs: ["side", "slow_charge"] },
    ],
    output: "{{ nodes.join.output }}",
  },
  flaky: {
    name: "flaky",
    nodes: chain([
      call("shaky_read", "GET", 10, retried, "shaky_read", "&failures=2"),
      call("shaky_charge", "POST", 10, retried, "shaky_charge", "&failures=1"),
    ]),
  },
  items: {
    name: "items",
    nodes: [
      {
        id: "each",
        type: "map",
        over: [0, 1, 2, 3, 4],
        as: "item",
        concurrency: 2,
        nodes: chain([
          call("read", "GET", 40, {}, "each.{{ item }}..read"),
          call("charge", "POST", 40, {}, "each.{{ item }}..charge"),
        ]),
      },
    ],
  },
  family: {
    name: "family",
    nodes: [
      ...["left", "right"].map((id) => ({ id, type: "workflow", workflow: "child", payload: {} })),
      { ...call("after", "POST", 20), needs: ["left", "right"] },
    ],
  },
  timer: {
    name: "timer",
    nodes: chain([
      call("before", "GET", 10),
      { id: "rest", type: "wait", durationMs: 700 },
      call("after", "POST", 20),
    ] as {
      id: string;
    }[]),
  },
  waits: {
    name: "waits",
    nodes: [
      {
        id: "each",
        type: "map",
        over: [0, 1, 2],
        as: "item",
        concurrency: 3,
        nodes: chain([
          call("charge", "POST", 20, {}, "each.{{ item }}..charge"),
          { id: "rest", type: "wait", durationMs: 400 },
          { id: "inner", type: "workflow", workflow: "child", payload: {} },
        ] as { id: string }[]),
      },
    ],
  },
  /** Its backoff is longer than what is waited for in place. */
  patient: {
    name: "patient",
    nodes: [call("read", "GET", 10, { retry: { maxAttempts: 2, backoffMs: 41_000 } }, "read", "&failures=1")],
  },
  approval: {
    name: "approval",
    nodes: chain([
      call("before", "GET", 10),
      { id: "ask", type: "wait", approval: { title: "Go on?", timeoutMs: 20_000 } },
      call("after", "POST", 20),
    ] as { id: string }[]),
  },
  agent: {
    name: "agent",
    tools: {
      read_order: {
        description: "Reads an order.",
        input: { type: "object", properties: { number: { type: "integer" } } },
        http: { method: "GET", url: "{{ env.ORDERS }}/call?run={{ run.id }}&key=agent-read&ms=30" },
        timeoutMs: 4000,
      },
      charge_order: {
        description: "Charges an order.",
        input: { type: "object", properties: { number: { type: "integer" } } },
        http: { method: "POST", url: "{{ env.ORDERS }}/call?run={{ run.id }}&ms=60" },
        timeoutMs: 4000,
      },
    },
    nodes: [
      {
        id: "decide",
        type: "agent",
        ...asked,
        prompt: { text: "Call read_order once, then call charge_order once, then answer. Run {{ run.id }}." },
        tools: ["read_order", "charge_order"],
        maxTurns: 6,
      },
      { ...call("after", "POST", 20), needs: ["decide"] },
    ],
  },
  prose: {
    name: "prose",
    nodes: chain([
      { id: "draft", type: "model", ...asked, prompt: { text: "Say hello to {{ run.id }}." } },
      call("publish", "POST", 20),
    ] as { id: string }[]),
  },
};

/** How often each is chosen. */
export const weights: Readonly<Record<string, number>> = {
  transforms: 3,
  mixture: 5,
  flaky: 2,
  items: 3,
  family: 2,
  timer: 2,
  waits: 1,
  patient: 1,
  approval: 1,
  agent: 3,
  prose: 2,
};

/** How many calls a mutating step may make: one, or as many as its author allowed attempts. */
export function allowedCalls(key: string): number {
  return key === "shaky_charge" ? 4 : 1;
}

/** The path of a span as it stands in the order service's record. */
export function recordedKey(spanKey: string): string {
  return spanKey.replaceAll(/[[\]]/g, ".");
}
