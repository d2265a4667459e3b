import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { renderValue, type Scope } from "#/lib/expressions/expression.ts";
import { buildStable, renderStable } from "#/lib/runs/stable-parts.ts";
import { buildHttpCall, type HttpSpec } from "#/lib/tools/http-call.ts";

const run = (id: string, change: object = {}) => ({
  id,
  workflow: "flow",
  version: 1,
  environment: "production",
  createdAt: "2026-11-20T10:00:00.000Z",
  isReplay: false,
  replayOf: null,
  ...change,
});
/** The same call in an original and in a replay of it in another environment. */
const here: Scope = {
  trigger: { id: "1001", n: 2 },
  nodes: { made: { output: { key: "http://a.test-run_a", n: 1 }, status: "completed" } },
  env: { SHOP: "http://a.test", HOST: "a.test", PORT: "80", LIMIT: "5", TENANT: "acme", ON: "true" },
  run: run("run_a"),
};
const there: Scope = {
  ...here,
  nodes: { made: { output: { key: "https://b.test/v2-run_b", n: 2 }, status: "completed" } },
  env: { SHOP: "https://b.test:8080/v2", HOST: "b.test", PORT: "8080", LIMIT: "7", TENANT: "77", ON: "false" },
  run: run("run_b", {
    version: 3,
    environment: "staging",
    isReplay: true,
    replayOf: "run_a",
    createdAt: "2026-11-21T11:00:00.123Z",
  }),
};
const otherOrder = (scope: Scope): Scope => ({ ...scope, trigger: { id: "1002", n: 3 } });
const transforms = new Map<string, Json>([["made", { key: "{{ env.SHOP }}-{{ run.id }}", n: "{{ run.version }}" }]]);

const values: Json[] = [
  "{{ env.SHOP }}",
  "{{ run.id }}-{{ trigger.id }}",
  { a: ["{{ run.version }}", "{{ trigger.n }}"], b: "{{ int(env.LIMIT) * trigger.n }}" },
  '{{ env.TENANT + "/" + trigger.id }}',
  "{{ [string(run.isReplay), trigger.id] }}",
  '{{ {"at": run.createdAt, "id": trigger.id} }}',
  "{{ nodes.made.output.key }}/{{ trigger.id }}",
  "{{ nodes.made.output }}{{ trigger.id }}",
  "{{ nodes }}{{ trigger.id }}",
  "{{ [run.replayOf == null, trigger.id == run.id] }}{{ trigger.id }}",
];
const renderedStable = (value: Json, scope: Scope) =>
  renderStable(value, { scope, transforms, steps: new Budget() }, renderValue(value, scope));

describe("values", () => {
  test.each(values.map((value) => [JSON.stringify(value), value] as const))(
    "%s: the same everywhere",
    (_text, value) => {
      const stable = (scope: Scope) => renderedStable(value, scope);
      expect(stable(there)).toEqual(stable(here));
      if (JSON.stringify(value).includes("trigger")) expect(stable(otherOrder(here))).not.toEqual(stable(here));
    },
  );
  test("what reads neither is what it is, and what cannot do without is too", () => {
    expect(renderedStable({ a: "{{ trigger.id }}", b: "x" }, here)).toEqual({ a: "1001", b: "x" });
    expect(renderedStable('{{ {"acme": trigger.n}[env.TENANT] }}', here)).toBe(2);
  });
});

const specs: [string, Omit<HttpSpec, "method">][] = [
  ["the base", { url: "{{ env.SHOP }}/orders/{{ trigger.id }}/refunds" }],
  ["the host", { url: "https://{{ env.HOST }}/orders/{{ trigger.id }}" }],
  ["the port", { url: "http://localhost:{{ env.PORT }}/orders/{{ trigger.id }}" }],
  ["an expression with more", { url: '{{ env.SHOP + "/orders/" + trigger.id }}' }],
  ["a part of the path", { url: "http://a.test/{{ env.TENANT }}/orders/{{ trigger.id }}" }],
  ["a query of the address", { url: "http://a.test/orders/{{ trigger.id }}?t={{ env.TENANT }}&r={{ run.id }}" }],
  [
    "a query",
    { url: "http://a.test/orders/{{ trigger.id }}", query: { t: "{{ env.TENANT }}", v: "{{ run.version }}" } },
  ],
  [
    "a header",
    { url: "http://a.test/{{ trigger.id }}", headers: { "x-run": "{{ run.id }}", "x-t": "{{ env.TENANT }}" } },
  ],
  ["a body", { url: "http://a.test/", body: { id: "{{ trigger.id }}", run: "{{ run.id }}", n: "{{ run.version }}" } }],
  ["a text", { url: "http://a.test/", body: "{{ trigger.id }} for {{ env.TENANT }} \\{{ kept }}" }],
  ["a step before", { url: "http://a.test/{{ trigger.id }}", headers: { "x-key": "{{ nodes.made.output.key }}" } }],
  ["a whole address", { url: "{{ env.SHOP }}", body: { id: "{{ trigger.id }}" } }],
];
describe("requests", () => {
  const stable = (spec: HttpSpec, scope: Scope) =>
    buildStable(spec, { scope, transforms, steps: new Budget() }, buildHttpCall);
  test.each(specs)("%s from run or environment does not count, another order does", (_what, rest) => {
    const spec: HttpSpec = { method: "POST", ...rest };
    expect(stable(spec, there)).toEqual(stable(spec, here));
    expect(stable(spec, otherOrder(here))).not.toEqual(stable(spec, here));
  });
  test("two values of the environment are not one", () => {
    const spec = (name: string): HttpSpec => ({ method: "POST", url: `{{ env.${name} }}/x`, headers: {} });
    expect(stable(spec("SHOP"), here)).not.toEqual(stable(spec("HOST"), here));
  });
});

describe("many transforms, each of which reads those before it", () => {
  const layers = 200;
  const made = (layer: number) => [`nodes.a${layer}.output`, `nodes.b${layer}.output`] as const;
  /** Two in each layer, so that the paths through them double with every one. */
  const lattice = (first: string): Map<string, Json> =>
    new Map(
      Array.from({ length: layers }, (_, layer) => {
        const [left, right] = made(layer - 1);
        const template = layer === 0 ? first : `{{ ${left} == ${right} ? ${left} : "unlike" }}`;
        return [[`a${layer}`, template] as const, [`b${layer}`, template] as const];
      }).flat(),
    );

  test.each([
    ["{{ env.TENANT }}", "env.TENANT"],
    ["{{ trigger.id }}", "acme"],
  ])("are looked at once each, when the first reads %s", (first, stands) => {
    const template = made(layers - 1).map((name) => `{{ ${name} }}`);
    const transforms = lattice(first);
    const ended = [...transforms.keys()].map((id) => [id, { status: "completed", output: "acme" }] as const);
    const seen = { scope: { ...here, nodes: Object.fromEntries(ended) }, transforms, steps: new Budget() };
    expect(renderStable(template, seen, ["acme", "acme"])).toEqual([stands, stands]);
    const spec = { method: "GET", url: "http://a.test/", query: { q: template } };
    expect(buildStable(spec, seen, buildHttpCall).url).toBe(`http://a.test/?q=${stands}&q=${stands}`);
  });
});

test("what is known of a call takes no more steps than there are, and is then what is really called", () => {
  const list = Array.from({ length: 300 }, (_, index) => index);
  const dear = "{{ trigger.map(a, trigger.exists(b, b == 50)).size() }}{{ env.TENANT }}";
  const seen = { scope: { ...here, trigger: list }, transforms, steps: new Budget({ steps: 100_000 }) };
  expect(renderStable({ dear }, seen, "real")).toBe("real");
  expect(() => buildStable({ method: "GET", url: `http://a.test/${dear}` }, seen, buildHttpCall)).toThrow(/steps/);
});
