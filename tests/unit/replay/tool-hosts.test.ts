import { expect, test } from "vitest";
import { hostOf } from "#/lib/replay/tool-hosts.ts";

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
