import { describe, expect, test } from "vitest";
import { roles, scopes, type Role, type Scope } from "#/lib/contract/access.ts";
import { decideApiKey, type ApiKeyWish } from "#/lib/tenancy/api-key-rules.ts";

const soon = new Date("2026-03-01T00:00:00Z");
const [sooner, later] = [new Date(soon.getTime() - 1), new Date(soon.getTime() + 1)];
const allowed = (wish: Partial<ApiKeyWish>) =>
  decideApiKey({ scopes: ["runs:read"], expiresAt: null, key: null, person: null, ...wish }).allowed;

describe("a key that makes a key", () => {
  test("gives each scope that it has and none that it lacks", () => {
    for (const held of scopes)
      for (const given of scopes)
        expect(`${held} ${given} ${allowed({ scopes: [given], key: { scopes: [held], expiresAt: null } })}`).toBe(
          `${held} ${given} ${held === given}`,
        );
    const key = { scopes: ["admin", "runs:read"] as const, expiresAt: null };
    expect(allowed({ scopes: ["runs:read", "admin"], key })).toBe(true);
    expect(allowed({ scopes: ["runs:read", "runs:write"], key })).toBe(false);
    expect(decideApiKey({ scopes: ["ingest", "admin", "account"], expiresAt: null, key, person: null })).toMatchObject({
      because: expect.stringMatching(/lacks ingest, account\.$/),
    });
  });

  test.each<[Date | null, Date | null, boolean]>([
    [null, null, true],
    [null, soon, true],
    [soon, soon, true],
    [soon, sooner, true],
    [soon, later, false],
    [soon, null, false],
  ])("ends at %s: one until %s: %s", (ends, expiresAt, may) => {
    const key = { scopes: ["runs:read" as const], expiresAt: ends };
    expect(allowed({ expiresAt, key })).toBe(may);
  });

  test("does not outgrow the member behind it", () => {
    const key = { scopes, expiresAt: null };
    expect(allowed({ scopes: ["account"], key, person: { role: "owner" } })).toBe(true);
    expect(allowed({ scopes: ["account"], key, person: { role: "admin" } })).toBe(false);
    expect(allowed({ key, person: { role: "operator" } })).toBe(false);
  });
});

describe("a person or the operator", () => {
  const all = [...scopes];
  const gives: [Role | null, Scope[]][] = [
    [null, []],
    ["viewer", []],
    ["operator", []],
    ["admin", all.filter((scope) => scope !== "account")],
    ["owner", all],
  ];
  test.each(gives)("a member who is %s gives %j", (role, givable) => {
    expect(gives.map(([each]) => each).slice(1)).toEqual([...roles]);
    for (const scope of scopes) expect(allowed({ scopes: [scope], person: { role } })).toBe(givable.includes(scope));
    if (givable.length > 0) expect(allowed({ expiresAt: later, person: { role } })).toBe(true);
  });

  test("the operator gives everything", () => expect(allowed({ scopes: all })).toBe(true));
});
