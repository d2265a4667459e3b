import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { filledRequest, onlyEnvironment, type KnownValues } from "#/lib/replay/filled-request.ts";
import { repeatedNodes } from "#/lib/replay/known-values.ts";
import { planReplay } from "#/lib/replay/plan.ts";
import { plannedCalls } from "#/lib/replay/planned-calls.ts";
import { noOverrides } from "#/lib/runs/overrides.ts";
import { hashOf, httpNode, modelNode, opus, replayFacts, transformNode, version } from "./replay-facts.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const known: KnownValues = {
  trigger: { order: "A 7/1", list: ["x"], none: null },
  nodes: {
    find: { output: { id: 17, note: "é?" }, status: "completed" },
    skipped: { output: null, status: "skipped" },
  },
  env: { plain: { SHOP: "https://shop.test/api", USER: "https://me:pw@shop.test" }, secretNames: ["TOKEN", "HOST"] },
};
const shop = "https://shop.test/api";

function shown(url: string, more: { query?: { [name: string]: Json }; given?: Json; method?: string } = {}) {
  const { given = null, method = "POST", query } = more;
  return filledRequest(
    { source: { kind: "http", spec: { method, url, ...(query && { query }) } }, given },
    null,
    known,
  );
}

describe("the request of a planned call", () => {
  test.each<[string, ReturnType<typeof shown>]>([
    ["http://x.test/a", "POST http://x.test/a"],
    ["{{ env.SHOP }}/refunds", `POST ${shop}/refunds`],
    ["{{ env.SHOP }}/orders/{{ trigger.order }}", `POST ${shop}/orders/A%207%2F1`],
    [
      "{{ env.SHOP }}/orders/{{ nodes.find.output.id }}?n={{ nodes.find.output.note }}",
      `POST ${shop}/orders/17?n=%C3%A9%3F`,
    ],
    ["{{ env.SHOP }}/{{ nodes.skipped.status }}", `POST ${shop}/skipped`],
    ["{{ env.SHOP }}/{{ trigger.list.map(item, item + '1')[0] }}", `POST ${shop}/x1`],
  ])("%s is filled from payload, environment and record", (url, filled) => {
    expect(shown(url)).toBe(filled);
  });

  test.each([
    ["a node that is not in the record", "{{ env.SHOP }}/{{ nodes.other.output.id }}"],
    ["nodes as a whole", "{{ env.SHOP }}/{{ size(nodes) }}"],
    ["the run", "{{ env.SHOP }}/{{ run.id }}"],
    ["arguments that a model chooses", "{{ env.SHOP }}/{{ args.id }}"],
    ["the item of a map", "{{ env.SHOP }}/{{ item.id }}"],
    ["a variable that is not there", "{{ env.MISSING }}/x"],
    ["whether a variable is there", "{{ env.SHOP }}/{{ has(env.MISSING) ? 1 : 2 }}"],
    ["the environment as a whole", "{{ env.SHOP }}/{{ size(env) }}"],
    ["a variable by a computed name", "{{ env['SHOP'] }}/x"],
    ["a secret as the address", "{{ env.TOKEN }}/x"],
    ["more of a secret than itself", "{{ env.SHOP }}/{{ env.TOKEN.startsWith('a') }}"],
    ["a field that the payload lacks", "{{ env.SHOP }}/{{ trigger.nothing }}"],
    ["a value that cannot be sent", "{{ env.SHOP }}/{{ trigger.none }}"],
    ["a template that does not compile", "{{ env.SHOP }/x"],
    ["an address that is too long to show", `{{ env.SHOP }}/${"x".repeat(2000)}`],
  ])("%s leaves the template", (_what, url) => {
    expect(shown(url)).toBeNull();
  });

  test.each([
    ["{{ env.SHOP }}/t/{{ env.TOKEN }}/{{ trigger.list[0] }}", `POST ${shop}/t/[redacted]/x`],
    ["{{ env.SHOP }}/x?key={{ env.TOKEN }}", `POST ${shop}/x?key=[redacted]`],
    ["http://{{ env.HOST }}/x", "POST http://[redacted]/x"],
    ["{{ env.USER }}/x", "POST https://[redacted]@shop.test/x"],
    ["{{ env.SHOP }}/x?api_key={{ trigger.list[0] }}", `POST ${shop}/x?api_key=[redacted]`],
  ])("%s shows no secret", (url, filled) => {
    expect(shown(url)).toBe(filled);
  });

  test("has its query, its method, and the arguments that the node passes", () => {
    expect(shown("{{ env.SHOP }}/x", { query: { a: "{{ trigger.list }}", b: 1 } })).toBe(`POST ${shop}/x?a=x&b=1`);
    expect(shown("{{ env.SHOP }}/x", { method: "{{ 'patch' }}" })).toBe(`PATCH ${shop}/x`);
    const path = "{{ env.SHOP }}/{{ args.id }}";
    expect(shown(path, { given: { id: "{{ nodes.find.output.id }}" } })).toBe(`POST ${shop}/17`);
    expect(shown(path, { given: { id: "{{ nodes.other.output.id }}" } })).toBeNull();
    expect(shown(path, { given: { id: "{{ env.TOKEN }}" } })).toBeNull();
  });

  test("is none for what is no HTTP request, and knows nothing of the run where only the environment is told", () => {
    expect(filledRequest({ source: { kind: "builtin", name: "http.get" }, given: {} }, null, known)).toBeNull();
    const url = (text: string) => ({
      source: { kind: "http" as const, spec: { method: "GET", url: text } },
      given: null,
    });
    expect(filledRequest(url("{{ env.SHOP }}/x"), null, onlyEnvironment(known.env))).toBe(`GET ${shop}/x`);
    expect(filledRequest(url("http://x/{{ trigger.order }}"), null, onlyEnvironment(known.env))).toBeNull();
  });
});

test("addresses together cost at most what one step may: the rest is shown as it was written", () => {
  const spend =
    "{{ [1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, a + b + c > 0))) }}";
  const nodes = Array.from({ length: 400 }, (_, at) =>
    httpNode(`n${at}`, "POST", { http: { method: "POST", url: `http://shop.test/${at}/${spend}` } }),
  );
  const facts = replayFacts({ sourceVersion: version(1, nodes) });
  const calls = plannedCalls(facts, { overrides: noOverrides, reused: new Set() }, known);
  expect(calls[0]?.tool).toBe("POST http://shop.test/0/true");
  expect(calls.at(-1)?.tool).toBe(`POST http://shop.test/399/${spend}`);
});

test("long templates are not compiled for all calls: the rest is shown as it was written", async () => {
  const long = (at: number) => `{{ "${"a".repeat(3000)}${at}".size() > 3000 }}`;
  const nodes = Array.from({ length: 300 }, (_, at) =>
    httpNode(`n${at}`, "POST", { http: { method: "POST", url: `http://shop.test/${long(at)}` } }),
  );
  const facts = replayFacts({ sourceVersion: version(1, nodes) });
  let calls: ReturnType<typeof plannedCalls> = [];
  const spent = await processorMs(() => {
    calls = plannedCalls(facts, { overrides: noOverrides, reused: new Set() }, known);
  });
  // All of them would take many seconds.
  expect(spent).toBeLessThan(3000);
  expect(calls[0]?.tool).toBe("POST http://shop.test/true");
  expect(calls.at(-1)?.tool).toBe(`POST http://shop.test/${long(299)}`);
});

describe("what a replay may be expected to repeat", () => {
  const nodes = [
    httpNode("find"),
    modelNode("decide", { needs: ["find"] }),
    transformNode("mark", { value: { deep: ["{{ 'of ' + run.id }}"] } }),
    httpNode("pay", "POST", { needs: ["decide"] }),
    httpNode("log", "POST", { needs: ["mark"] }),
    httpNode("late", "POST", { when: "run.attempt > 1" }),
    transformNode("words", { value: "{{ trigger.n }} may run" }),
  ];
  const facts = replayFacts({ sourceVersion: version(1, nodes) });
  const repeated = (request: Parameters<typeof planReplay>[1], changed = facts) =>
    [...repeatedNodes(changed, planReplay(changed, request))].toSorted();

  test("is all but what reads the run itself and what follows", () => {
    expect(repeated({})).toEqual(["decide", "find", "pay", "words"]);
  });

  test("with another model or prompt, only what does not come behind it", () => {
    expect(repeated({ mode: "model", model: { id: "x", ref: opus } })).toEqual(["find", "words"]);
    expect(repeated({ mode: "prompt", prompt: { artifactId: "prompt_a", contentHash: hashOf("2") } })).toEqual([
      "find",
      "words",
    ]);
  });

  test("with another payload, environment or version, only what is reused", () => {
    expect(repeated({ payload: { n: 2 } })).toEqual([]);
    expect(repeated({ environment: "staging" })).toEqual([]);
    expect(repeated({ targetVersion: 2 }, replayFacts({ ...facts, targetVersion: version(2, nodes) }))).toEqual([]);
  });
});
