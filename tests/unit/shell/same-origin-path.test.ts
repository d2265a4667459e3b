import { expect, test } from "vitest";
import { sameOriginPath } from "#/components/shell/same-origin-path.ts";

const host = "app.example:3000";

test.each([
  ["/acme/ai/runs/run_1?span=span_2#x", "/acme/ai/runs/run_1?span=span_2#x"],
  ["http://app.example:3000/acme?a=b", "/acme?a=b"],
  ["https://app.example:3000/acme", "/acme"],
  ["/a/../b", "/b"],
])("%s is kept", (url, path) => {
  expect(sameOriginPath(url, host)).toBe(path);
});

test.each([
  undefined,
  "",
  "acme",
  "https://evil.example/acme",
  "http://app.example/acme",
  "http://app.example:3000@evil.example/",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "http://app.example:3000//evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  " /acme",
  "/login",
  "/login?callbackUrl=/login",
  "http://[",
])("%s leads to the start page, never to another site", (url) => {
  expect(sameOriginPath(url, host)).toBe("/");
});
