import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { buildHttpCall } from "#/lib/tools/http-call.ts";
import { fillUrl } from "#/lib/tools/url-template.ts";

const base = "https://shop.test/v1";
const order = "{{ env.BASE }}/orders/{{ trigger.x }}";
const fill = (template: string, x: Json, more: Record<string, string> = {}) =>
  fillUrl(template, { env: { BASE: base, ...more }, trigger: { x } });

describe("a value in the path is one segment", () => {
  test.each<[Json, string]>([
    ["1001", "1001"],
    ["../stats", "..%2Fstats"],
    ["%2e%2e/stats", "%252e%252e%2Fstats"],
    ["1001?x=1", "1001%3Fx%3D1"],
    ["1001#x", "1001%23x"],
    ["//evil.test", "%2F%2Fevil.test"],
    ["@evil.test", "%40evil.test"],
    ["a\\b", "a%5Cb"],
    ["..\\stats", "..%5Cstats"],
    ["a%2Fb", "a%252Fb"],
    ["a%5cb", "a%255cb"],
    ["Zürich 8001", "Z%C3%BCrich%208001"],
    ["日本", "%E6%97%A5%E6%9C%AC"],
    ["a\r\nHost: evil", "a%0D%0AHost%3A%20evil"],
    ["\tx ", "%09x%20"],
    ["a\u0000b", "a%00b"],
    ["...", "..."],
    ["..;", "..%3B"],
    ["{{ env.BASE }}", "%7B%7B%20env.BASE%20%7D%7D"],
    ["http://evil.test/", "http%3A%2F%2Fevil.test%2F"],
    [1001, "1001"],
    [-0.5, "-0.5"],
    [0, "0"],
    [true, "true"],
    [false, "false"],
  ])("%j", (value, segment) => {
    expect(fill(order, value)).toBe(`${base}/orders/${segment}`);
    expect(buildHttpCall({ method: "GET", url: order }, { env: { BASE: base }, trigger: { x: value } }).url).toBe(
      `${base}/orders/${segment}`,
    );
    expect(fill("https://shop.test/{{ trigger.x }}/items?all=1", value)).toBe(
      `https://shop.test/${segment}/items?all=1`,
    );
    expect(fill("{{ env.BASE }}/order-{{ trigger.x }}.json", value)).toBe(`${base}/order-${segment}.json`);
  });
});

describe("what would be another address is refused, and the refusal names value and template", () => {
  const refusal = (template: string, value: Json) => {
    try {
      return fill(template, value);
    } catch (thrown) {
      return thrown;
    }
  };

  test.each<[Json, RegExp]>([
    ["", /is empty/],
    ["  ", /is empty/],
    [null, /is null/],
    [{ a: 1 }, /is not a text/],
    [["a"], /is not a text/],
    [".", /segment \. or \.\./],
    ["..", /segment \. or \.\./],
    ["%2e", /segment/],
    ["%2E%2e", /segment/],
    [".%2e", /segment/],
    ["%252e%252e", /segment/],
    ["%25252E.", /segment/],
    [".. ", /segment/],
    ["..\n", /segment/],
    ["\t.", /segment/],
    ["..%00", /segment/],
    ["a\ud800", /half a character/],
  ])("%j", (value, message) => {
    for (const template of [order, "https://shop.test/{{ trigger.x }}", "{{ env.BASE }}/{{ trigger.x }}/items?a=1#b"]) {
      const error = refusal(template, value);
      expect(error).toMatchObject({ code: "tool_request_refused", retryable: false });
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toContain(`{{ trigger.x }} in ${template}`);
    }
  });

  test.each<[string, string]>([
    ["{{ env.BASE }}/.{{ trigger.x }}/items", "."],
    ["{{ env.BASE }}/{{ trigger.x }}{{ trigger.x }}", "."],
    ["{{ env.BASE }}/%2e{{ trigger.x }}?a", "."],
    ["{{ env.BASE }}/order-{{ trigger.x }}.json", ""],
    ["{{ env.BASE }}{{ trigger.x }}", ".evil.test/x"],
    ["{{ env.HOST }}{{ trigger.x }}", ".evil.test"],
    ["{{ env.HOST }}{{ trigger.x }}", "@evil.test"],
    ["{{ env.BASE }}{{ trigger.x }}", "/../admin"],
    ["{{ env.BASE }}{{ trigger.x }}", "/a/%2e%2e/admin?x"],
    ["https://{{ trigger.x }}.shop.test/orders", "evil.test/"],
    ["https://{{ trigger.x }}.shop.test/orders", "evil.test?"],
    ["https://{{ trigger.x }}.shop.test/orders", "evil.test#"],
    ["https://{{ trigger.x }}.shop.test/orders", "a@evil.test\\"],
    ["https://shop.test:{{ trigger.x }}/orders", "80@evil.test"],
  ])("%s with %j", (template, value) => {
    if (template.includes("env.BASE }}{{") && !value.startsWith("/"))
      // The base has a path already, so that the value is a part of its last segment.
      expect(fill(template, value)).toBe(`${base}.evil.test%2Fx`);
    else
      expect(() => fill(template, value, { HOST: "https://shop.test" })).toThrow(
        expect.objectContaining({ code: "tool_request_refused" }),
      );
  });

  test.each(["a\r\nb", "a\nx-evil: 1", "a\rb", "a\u0000b", "\n"])("a header value %j", (value) => {
    const spec = { method: "GET", url: base, headers: { "x-order": "no {{ trigger.x }}" } };
    expect(() => buildHttpCall(spec, { trigger: { x: value } })).toThrow(/header x-order/);
  });
});

describe("a value behind ? or # is one encoded value", () => {
  test.each<[Json, string]>([
    ["a b", "a%20b"],
    ["a&admin=1", "a%26admin%3D1"],
    ["a#b", "a%23b"],
    ["a?b", "a%3Fb"],
    ["a=b", "a%3Db"],
    ["a+b", "a%2Bb"],
    ["..", ".."],
    ["../x", "..%2Fx"],
    ["", ""],
    [null, ""],
    [7, "7"],
    [false, "false"],
    [["a", 1], "%5B%22a%22%2C1%5D"],
    ["ü\n", "%C3%BC%0A"],
  ])("%j", (value, text) => {
    expect(fill("{{ env.BASE }}/orders?q={{ trigger.x }}&n=2", value)).toBe(`${base}/orders?q=${text}&n=2`);
    expect(fill("{{ env.BASE }}/orders?q={{ trigger.x }}/a", value)).toBe(`${base}/orders?q=${text}/a`);
    expect(fill("{{ env.BASE }}/orders#{{ trigger.x }}", value)).toBe(`${base}/orders#${text}`);
    expect(fill("{{ env.FULL }}&q={{ trigger.x }}", value, { FULL: "https://a.test/?k=1" })).toBe(
      `https://a.test/?k=1&q=${text}`,
    );
  });
});

describe("whole addresses and bases stay as they are", () => {
  test.each<[string, Json, string]>([
    ["{{ trigger.x }}", "https://a.test/x/../y?z=1#w", "https://a.test/x/../y?z=1#w"],
    [" {{ trigger.x }} ", " https://a.test/ ", "https://a.test/"],
    ["{{ trigger.x }}/orders", "https://a.test/v1", "https://a.test/v1/orders"],
    ["{{ trigger.x }}orders", "https://a.test/v1/", "https://a.test/v1/orders"],
    ["{{ trigger.x }}?page=2", "https://a.test/v1", "https://a.test/v1?page=2"],
    ["{{ trigger.x }}://a.test/", "https", "https://a.test/"],
    ["{{ env.HOST }}{{ trigger.x }}", "/orders/7?all=1", "https://shop.test/orders/7?all=1"],
    ["{{ env.HOST }}{{ trigger.x }}", "", "https://shop.test"],
    ["{{ env.HOST }}{{ trigger.x }}", "?a=1", "https://shop.test?a=1"],
    ["https://{{ env.NAME }}/orders", null, "https://shop.test:8080/v2/orders"],
    ["https://{{ trigger.x }}/orders", "shop.test:8080", "https://shop.test:8080/orders"],
    ["https://{{ trigger.x }}.shop.test/", "tenant-1", "https://tenant-1.shop.test/"],
    ["http://127.0.0.1:{{ trigger.x }}/", 8080, "http://127.0.0.1:8080/"],
    ["https://a.test/x/../y", null, "https://a.test/x/../y"],
  ])("%s with %j", (template, value, url) => {
    expect(fill(template, value, { HOST: "https://shop.test", NAME: "shop.test:8080/v2" })).toBe(url);
  });
});

describe("an address has a length that is looked through in no time", () => {
  const long = "x".repeat(60_000);

  test("also where a value stands behind a long one", () => {
    expect(fill(`https://shop.test/{{ trigger.x }}/{{ env.Y }}`, long, { Y: "y" })).toBe(`https://shop.test/${long}/y`);
  });

  test.each<[string, Json]>([
    ["https://shop.test/{{ trigger.x }}", "x".repeat(70_000)],
    ["https://shop.test/{{ trigger.x }}{{ trigger.x }}", long],
    ["https://shop.test/{{ trigger.x }}", "/".repeat(30_000)],
    ["https://shop.test/?q={{ trigger.x }}", "x".repeat(10_000_000)],
    ["https://shop.test{{ trigger.x }}", `/${"x".repeat(70_000)}`],
    ["{{ env.BASE }}{{ trigger.x }}", `/${"x".repeat(70_000)}`],
    ["{{ trigger.x }}", `https://shop.test/${"x".repeat(70_000)}`],
  ])("and a longer one is refused: %s", (template, value) => {
    const refusal = "The address is longer than 65536 characters; nothing was sent";
    expect(() => fill(template, value)).toThrow(refusal);
  });

  test("a query counts as well", () => {
    const spec = { method: "GET", url: "https://shop.test/", query: { q: "{{ trigger.x }}" } };
    expect(() => buildHttpCall(spec, { trigger: { x: long.repeat(2) } })).toThrow("longer than 65536 characters");
    expect(buildHttpCall(spec, { trigger: { x: long } }).url).toBe(`https://shop.test/?q=${long}`);
  });
});
