import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attack, flow, many, transform } from "./attack.ts";
import type { HostileTenant } from "./hostile-tenant.ts";

/** A run of some 20,000 steps and 40,000 events. */
async function longRun(tenant: HostileTenant): Promise<string> {
  const nodes = [transform("t", "{{ item }}")];
  const each = { id: "each", type: "map", over: "{{ trigger.items }}", as: "item", concurrency: 100, nodes };
  return tenant.ran(await tenant.push(flow([each])), { items: many(10_000, (n) => n) });
}

/** Reads what is long again and again, in each of these ways in turn. */
function reading(name: string, atOnce: number, paths: (id: string) => string[]): Attack {
  return {
    name,
    atOnce,
    async begin({ hostile }) {
      const all = paths(await longRun(hostile));
      return (turn, signal) => hostile.status("GET", all[turn % all.length] ?? "", { signal });
    },
  };
}

export const attacksByReading: Attack[] = [
  reading("one event of a run of 40,000", 8, (id) => [`/runs/${id}/events?limit=1`]),
  reading("steps, logs, trace and approvals of a run of 20,000 steps", 4, (id) =>
    ["steps", "logs?limit=1", "trace", "approvals"].map((what) => `/runs/${id}/${what}`),
  ),
  {
    name: "100 streams that nobody reads",
    atOnce: 100,
    async begin({ hostile, stack }) {
      const id = await longRun(hostile);
      const { hostname, port } = new URL(stack.baseUrls[0] ?? "");
      return async (_turn, signal) => {
        const socket = connect(Number(port), hostname).on("error", () => {});
        signal.addEventListener("abort", () => socket.destroy());
        socket.pause();
        const head = { host: hostname, accept: "text/event-stream", authorization: hostile.authorization };
        const lines = Object.entries(head).map(([header, value]) => `${header}: ${value}\r\n`);
        socket.write(`GET /api/v1/runs/${id}/events HTTP/1.1\r\n${lines.join("")}\r\n`);
        while (!signal.aborted) await sleep(100);
        return 200;
      };
    },
  },
  {
    name: "comparison of two runs of 30 × 4 MB",
    atOnce: 2,
    async begin({ hostile }) {
      const nodes = many(30, (n) => transform(`n${n}`, "{{ trigger.text }}"));
      const slug = await hostile.push(
        flow(nodes.map((node, n) => (n === 0 ? node : { ...node, needs: [`n${n - 1}`] }))),
      );
      const text = (letter: string) => ({ text: letter.repeat(4_000_000) });
      const [a, b] = [await hostile.ran(slug, text("a")), await hostile.ran(slug, text("b"))];
      return (_turn, signal) => hostile.status("GET", `/runs/${a}/compare/${b}`, { signal });
    },
  },
];
