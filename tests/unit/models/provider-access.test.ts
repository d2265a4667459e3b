import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installationAccess, resolveAccess } from "#/lib/models/provider-access.ts";

const names = ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"] as const;
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
  for (const name of names) delete process.env[name];
});
afterEach(() => {
  process.env = before;
});

describe("the installation's access to a provider", () => {
  test("none without a key, for any provider", () => {
    process.env.ANTHROPIC_BASE_URL = "http://127.0.0.1:1";
    process.env.OPENAI_API_KEY = "";
    for (const provider of ["anthropic", "openai", "acme", "", "__proto__"])
      expect(installationAccess(provider)).toBeNull();
  });

  test.each([
    ["anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com"],
    ["openai", "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1"],
  ] as const)("%s: key, and the official address unless another is set", (provider, key, baseUrl, official) => {
    process.env[key] = "k";
    expect(installationAccess(provider)).toEqual({ kind: provider, provider, apiKey: "k", baseUrl: official });
    process.env[baseUrl] = "http://127.0.0.1:4010/v1";
    expect(installationAccess(provider)?.baseUrl).toBe("http://127.0.0.1:4010/v1");
  });
});

test("a workspace's own access wins, for its provider only", () => {
  process.env.OPENAI_API_KEY = "installation";
  const own = { kind: "openai" as const, provider: "openai", apiKey: "own", baseUrl: "https://x.example/v1" };
  expect(resolveAccess(own, "openai")).toEqual({ ...own, origin: "workspace" });
  expect(resolveAccess({ ...own, provider: "acme" }, "openai")).toMatchObject({
    apiKey: "installation",
    origin: "installation",
  });
  expect(resolveAccess(null, "anthropic")).toBeNull();
});
