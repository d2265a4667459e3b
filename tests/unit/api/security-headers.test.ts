import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pagePolicy, toastStyleHashes, transportHeaders } from "#/lib/api/security-headers.ts";

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

describe("a page's policy", () => {
  test("allows inline and evaluated code nowhere, and no other host", () => {
    const policy = pagePolicy("abc");
    expect(policy).toContain("script-src 'nonce-abc' 'strict-dynamic';");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    expect(policy.match(/[a-z-]+(?= 'unsafe-inline')/g)).toEqual(["style-src-attr"]);
  });

  test("names no directive twice, and is one line", () => {
    const names = pagePolicy("abc")
      .split("; ")
      .map((directive) => directive.split(" ")[0]);
    expect(new Set(names).size).toBe(names.length);
    expect(pagePolicy("abc")).not.toMatch(/[\r\n]/);
  });

  test("evaluates code for the tools of the development server only", () => {
    expect(pagePolicy("abc", true)).toContain("'unsafe-eval'");
  });

  test("knows the style element of the toasts, empty and filled, as the installed package writes it", () => {
    const source = readFileSync("node_modules/sonner/dist/index.mjs", "utf8");
    const [, css = '""'] = /^__insertCSS\((".*")\);?$/m.exec(source) ?? [];
    expect(toastStyleHashes).toEqual([hashOf(""), hashOf(JSON.parse(css) as string)]);
  });
});

test.each([
  [undefined, false],
  ["http://localhost:3000", false],
  ["http://https.example", false],
  ["https://reprise.example", true],
])("an installation at %s is bound to https: %s", (address, bound) =>
  expect("strict-transport-security" in transportHeaders(address)).toBe(bound),
);
