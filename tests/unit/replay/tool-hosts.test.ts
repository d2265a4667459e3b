import { expect, test } from "vitest";
import { hostOf, toolHosts } from "#/lib/replay/tool-hosts.ts";
import { httpNode, replayFacts, version } from "./replay-facts.ts";

const variables = { SHOP: "https://shop.example:8443/api", HOST: "a.example", PORT: "81" };

test.each([
  ["https://x.example/a", "x.example"],
  ["https://x.example", "x.example"],
  ["http://X.example:8080/{{ trigger.id }}", "x.example:8080"],
  ["{{ env.SHOP }}/orders/{{ trigger.id }}", "shop.example:8443"],
  ["{{ env.SHOP }}", "shop.example:8443"],
  ["http://{{ env.HOST }}:{{ env.PORT }}/x", "a.example:81"],
  ["{{ env.MISSING }}/x", null],
  ["{{ trigger.url }}/x", null],
  ["https://{{ trigger.host }}/x", null],
  ["https://{{ env.HOST }}{{ trigger.suffix }}/x", null],
  ["https://x.example{{ trigger.suffix }}", null],
  ["{{ args.url }}", null],
  ["not a url", null],
])("%s goes to %s", (url, host) => {
  expect(hostOf(url, variables)).toBe(host);
});

test("hosts that are written out are told however many there are; templates are compiled up to a length", () => {
  const url = (at: number) => `{{ env.SHOP }}/${at}/{{ trigger.a${"a".repeat(1000)}${at} }}`;
  const node = (id: string, address: string) => httpNode(id, "GET", { http: { method: "GET", url: address } });
  const nodes = Array.from({ length: 400 }, (_, at) => [
    node(`t${at}`, url(at)),
    node(`w${at}`, `https://x.example/{{ trigger.a${at} }}`),
  ]).flat();
  const facts = replayFacts({ sourceVersion: version(1, nodes) });
  const hosts = new Map(toolHosts(facts, { nodes: [] }, variables).map(({ nodeId, host }) => [nodeId, host]));
  expect(["t0", "w0", "t399", "w399"].map((id) => hosts.get(id))).toEqual([
    "shop.example:8443",
    "x.example",
    null,
    "x.example",
  ]);
});
