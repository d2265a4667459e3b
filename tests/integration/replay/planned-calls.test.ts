import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { openStage, recorded, replayed, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const templates = {
  find: "{{ env.SHOP }}/orders/{{ trigger.order }}",
  pay: "{{ env.SHOP }}/pay/{{ nodes.find.output.number }}?token={{ env.TOKEN }}",
};
const flow = {
  name: "flow",
  nodes: [
    { id: "find", type: "tool", http: { method: "GET", url: templates.find } },
    { id: "pay", type: "tool", needs: ["find"], http: { method: "POST", url: templates.pay } },
  ],
};

test("planned calls show the address that leaves, where payload, environment and record make it known", async () => {
  const { system, as, key } = await tenantOf(stage);
  const variables = { SHOP: stage.shop.url, TOKEN: { value: "SENTINEL", secret: true } };
  await putVariables(system, "production", { variables });
  const run = await recorded(system, "flow", flow, { order: "A/1" });
  const [found, paid] = stage.shop.requests.map(({ method, path }) => `${method} ${stage.shop.url}${path}`);
  const planned = async (runId: string, request: ReplayRequest = {}, ctx: Ctx = system) => {
    const { plan } = await preflightReplay(ctx, runId, request);
    return Object.fromEntries(plan.calls.map(({ nodeId, tool }) => [nodeId, tool]));
  };

  const asItWas = { find: found, pay: paid?.replace("SENTINEL", "[redacted]") };
  expect(asItWas.find).toContain("/orders/A%2F1");
  expect(asItWas.pay).toContain("token=[redacted]");
  expect(await planned(run.id)).toEqual(asItWas);

  // What another payload's order is answered with is not in the record.
  expect(await planned(run.id, { payload: { order: "B" } })).toEqual({
    find: `GET ${stage.shop.url}/orders/B`,
    pay: `POST ${templates.pay}`,
  });
  // But the answer that is reused is, also when it is reused once more.
  const reusing = { fromNodeId: "pay", payload: { order: "B" } };
  expect(await planned(run.id, reusing)).toEqual({ pay: asItWas.pay });
  expect(await planned((await replayed(system, run.id, reusing)).id, { fromNodeId: "pay" })).toEqual({
    pay: asItWas.pay,
  });

  // Who may not submit is told nothing of the environment, and who may not read runs nothing of the run.
  const asWritten = { find: `GET ${templates.find}`, pay: `POST ${templates.pay}` };
  for (const ctx of [await as("viewer"), key("runs:read"), key("replays:write")])
    expect(await planned(run.id, {}, ctx)).toEqual(asWritten);
});

test("what is large in the record is not read for an address: it is shown as it was written", async () => {
  const { system } = await tenantOf(stage);
  const url = (id: string) => `${stage.shop.url}/orders/{{ nodes.${id}.output.id }}`;
  const run = await recorded(
    system,
    "large",
    {
      name: "large",
      nodes: [
        { id: "small", type: "transform", value: { id: "A" } },
        { id: "large", type: "transform", value: { id: "B", text: "{{ trigger.text }}" } },
        { id: "one", type: "tool", needs: ["small"], http: { method: "GET", url: url("small") } },
        { id: "two", type: "tool", needs: ["large"], http: { method: "GET", url: url("large") } },
      ],
    },
    { text: "x".repeat(1_100_000) },
  );
  const { plan } = await preflightReplay(system, run.id, {});
  expect(plan.calls.map(({ tool }) => tool)).toEqual([`GET ${stage.shop.url}/orders/A`, `GET ${url("large")}`]);
});
