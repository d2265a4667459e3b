import { expect, test } from "vitest";
import { allowedDestination } from "#/lib/tools/egress-allow.ts";

const cases: [string[], string, "any" | string[] | null][] = [
  [[], "http://localhost:4020/", null],
  [["localhost:4020"], "http://localhost:4020/x", "any"],
  [["localhost:4020"], "http://LOCALHOST:4020/x", "any"],
  [["LocalHost:4020"], "http://localhost:4020/x", "any"],
  [["localhost:4020"], "http://localhost:4021/", null],
  [["localhost:4020"], "http://localhost/", null],
  [["localhost:80"], "http://localhost/", "any"],
  [["localhost:443"], "https://localhost/", "any"],
  [["localhost:80"], "https://localhost/", null],
  [["localhost:4020"], "http://127.0.0.1:4020/", ["127.0.0.1"]],
  [["localhost:4020"], "http://127.1:4020/", ["127.0.0.1"]],
  [["localhost:4020"], "http://[::1]:4020/", ["::1"]],
  [["localhost:4020"], "http://127.0.0.2:4020/", null],
  [["localhost:4020"], "http://10.0.0.1:4020/", null],
  [["localhost:4020"], "http://localhost.:4020/", null],
  [["localhost:4020"], "http://a.localhost:4020/", null],
  [["localhost:4020"], "http://evil.test:4020/", null],
  [["127.0.0.1:4020"], "http://127.0.0.1:4020/", "any"],
  [["127.0.0.1:4020"], "http://localhost:4020/", ["127.0.0.1"]],
  [["127.0.0.1:4020"], "http://[::1]:4020/", null],
  [["127.0.0.1:4020"], "http://evil.test:4020/", null],
  [["::1:4020"], "http://[::1]:4020/", "any"],
  [["::1:4020"], "http://localhost:4020/", ["::1"]],
  [["10.0.0.5:8080"], "http://10.0.0.5:8080/", "any"],
  [["10.0.0.5:8080"], "http://10.0.0.6:8080/", null],
  [["10.0.0.5:8080"], "http://localhost:8080/", null],
  [["tools.internal:8080"], "http://tools.internal:8080/", "any"],
  [["tools.internal:8080"], "http://x.tools.internal:8080/", null],
  [["tools.internal:8080"], "http://tools.internal.evil.test:8080/", null],
];

test.each(cases)("allow %j, %s → %j", (allow, url, expected) => {
  expect(allowedDestination(allow, new URL(url))).toEqual(expected);
});
