import { describe, expect, test } from "vitest";
import { expiresAt, keyState, scopeAbout } from "#/components/api-keys/key-form.ts";
import { modelsOf, parseModelsShown } from "#/components/models/model-query.ts";
import { parseEnvironment } from "#/components/variables/variable-query.ts";
import { scopes } from "#/lib/contract/access.ts";
import type { ModelView } from "#/lib/contract/model.ts";

describe("API keys", () => {
  const at = new Date("2026-11-21T00:00:00.000Z");
  test.each([
    [{ expiresAt: null, revokedAt: null }, "active"],
    [{ expiresAt: "2026-11-21T00:00:00.001Z", revokedAt: null }, "active"],
    [{ expiresAt: "2026-11-21T00:00:00.000Z", revokedAt: null }, "expired"],
    [{ expiresAt: null, revokedAt: "2026-11-20T00:00:00.000Z" }, "revoked"],
    [{ expiresAt: "2026-11-20T00:00:00.000Z", revokedAt: "2026-11-19T00:00:00.000Z" }, "revoked"],
  ] as const)("%o is %s", (key, state) => {
    expect(keyState(key, at)).toBe(state);
  });

  test("an expiry counts from now, and never is the absence of one", () => {
    expect(expiresAt("30d", at.getTime())).toBe("2026-12-21T00:00:00.000Z");
    expect(expiresAt("never", at.getTime())).toBeUndefined();
  });

  test("every scope says what it opens", () => {
    expect(Object.keys(scopeAbout).sort()).toEqual([...scopes].sort());
  });
});

describe("models", () => {
  const model = (ref: string, allowed: boolean) => ({ ref, provider: ref.split(":")[0], allowed }) as ModelView;
  const models = [model("b:1", true), model("a:1", false), model("b:2", false)];

  test.each([
    ["all", ["b:1", "b:2", "a:1"]],
    ["allowed", ["b:1"]],
    ["not_allowed", ["b:2", "a:1"]],
  ] as const)("the view %s", (show, refs) => {
    const groups = modelsOf(models, show).toSorted((x, y) => (x.provider < y.provider ? 1 : -1));
    expect(groups.flatMap((group) => group.models.map(({ ref }) => ref))).toEqual(refs);
  });

  test("an unknown view is all", () => {
    expect(parseModelsShown({ show: "toString" })).toBe("all");
  });
});

test.each([
  [{ environment: "staging" }, "staging"],
  [{}, "production"],
  [{ environment: "Bad Name" }, "production"],
])("the environment of %o is %s", (params, environment) => {
  expect(parseEnvironment(params, ["production", "staging"])).toBe(environment);
});
