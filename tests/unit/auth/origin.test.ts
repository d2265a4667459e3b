import { describe, expect, test } from "vitest";
import { isOwnOrigin } from "#/lib/auth/origin.ts";

const headers = (values: Record<string, string>) => new Headers(values);

describe("own origin", () => {
  test.each([
    ["http://localhost:3000", "localhost:3000"],
    ["https://reprise.example", "reprise.example"],
    ["https://reprise.example", "reprise.example:443"],
    ["http://127.0.0.1:3000", "127.0.0.1:3000"],
    ["http://[::1]:3000", "[::1]:3000"],
  ])("%s at %s is ours", (origin, host) => expect(isOwnOrigin(headers({ origin, host }))).toBe(true));

  test.each([
    ["https://evil.example", "reprise.example"],
    ["https://reprise.example.evil.example", "reprise.example"],
    ["https://evil-reprise.example", "reprise.example"],
    ["http://localhost:3001", "localhost:3000"],
    ["null", "reprise.example"],
    ["", "reprise.example"],
    ["https://reprise.example/path", "reprise.example"],
    ["file://", "reprise.example"],
    ["https://reprise.example", ""],
  ])("%j at %j is not", (origin, host) => expect(isOwnOrigin(headers({ origin, host }))).toBe(false));

  test("a missing one is not, whatever X-Forwarded-Host says", () => {
    expect(isOwnOrigin(headers({ host: "a.example" }))).toBe(false);
    expect(
      isOwnOrigin(headers({ origin: "https://evil.example", host: "a.example", "x-forwarded-host": "evil.example" })),
    ).toBe(false);
  });
});
