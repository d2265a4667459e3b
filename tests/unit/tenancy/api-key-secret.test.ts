import { describe, expect, test } from "vitest";
import { apiKeyHash, newApiKeySecret } from "#/lib/tenancy/api-key-secret.ts";

describe("API key secrets", () => {
  test("are rp_live_ and at least 32 URL-safe characters, never the same twice", () => {
    const secrets = Array.from({ length: 200 }, newApiKeySecret);
    for (const secret of secrets) expect(secret).toMatch(/^rp_live_[A-Za-z0-9_-]{32,}$/);
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  test.each([
    "",
    "rp_live_",
    "rp_live_short",
    `rp_test_${"a".repeat(40)}`,
    `rp_live_${"a".repeat(40)} `,
    `rp_live_${"a".repeat(500)}`,
  ])("%j is not even looked up", (text) => expect(apiKeyHash(text)).toBeNull());
});
