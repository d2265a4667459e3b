import { describe, expect, test } from "vitest";
import { demoEnvironment } from "#/lib/launcher/demo-environment.ts";

const servers = { providerUrl: "http://127.0.0.1:4010", ordersUrl: "http://127.0.0.1:4020" };
const withEnv = (env: Record<string, string>) => demoEnvironment(env as NodeJS.ProcessEnv, servers);

describe("the demo's environment", () => {
  test("without keys both providers are the offline one, and the pages are told so", () => {
    expect(withEnv({})).toMatchObject({
      ANTHROPIC_BASE_URL: "http://127.0.0.1:4010",
      OPENAI_BASE_URL: "http://127.0.0.1:4010/v1",
      REPRISE_OFFLINE_PROVIDER: "1",
    });
  });

  test.each([
    ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_BASE_URL"],
    ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"],
  ])("with %s that provider is left as it is and only the other one is offline", (key, own, other) => {
    const result = withEnv({ [key]: "real" });
    expect(result[key]).toBe("real");
    expect(result[own]).toBeUndefined();
    expect(result[other]).toContain(":4010");
    expect(result.REPRISE_OFFLINE_PROVIDER).toBe("1");
  });

  test("a server of the user's own, given by its address alone, is left as it is", () => {
    const result = withEnv({ OPENAI_BASE_URL: "http://gpu.local:8000/v1", ANTHROPIC_API_KEY: "real" });
    expect(result.OPENAI_BASE_URL).toBe("http://gpu.local:8000/v1");
    expect(result.REPRISE_OFFLINE_PROVIDER).toBeUndefined();
  });

  test("the demo's servers are added to what the user already allows", () => {
    expect(withEnv({}).REPRISE_EGRESS_ALLOW).toBe("127.0.0.1:4010,127.0.0.1:4020");
    expect(withEnv({ REPRISE_EGRESS_ALLOW: "erp:80" }).REPRISE_EGRESS_ALLOW).toBe(
      "erp:80,127.0.0.1:4010,127.0.0.1:4020",
    );
  });
});
