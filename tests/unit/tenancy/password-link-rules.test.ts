import { describe, expect, test } from "vitest";
import { roles, type Role } from "#/lib/contract/access.ts";
import { decidePasswordLink } from "#/lib/tenancy/password-link-rules.ts";

/** Two workspaces of the person's home, and one of another account. */
const place = (accountId: string, workspaceId: string) => (role: Role) => ({ accountId, workspaceId, role });
const [inA, inB] = [place("home", "ws_a"), place("home", "ws_b")];
const elsewhere = place("other", "ws_x");
type Place = ReturnType<typeof inA>;

const verdict = (maker: Place[], target: Place[], home: string | null = "home", isSelf = false) =>
  decidePasswordLink({ isSelf, home, maker, target });
const allowed = (...about: Parameters<typeof verdict>) => verdict(...about).allowed;

describe("who may make a password link for whom", () => {
  const below: Record<Role, Role[]> = {
    viewer: [],
    operator: [],
    admin: ["viewer", "operator"],
    owner: ["viewer", "operator", "admin", "owner"],
  };
  test.each(roles)("a %s, within one workspace of the person's home", (maker) => {
    for (const target of roles) expect(allowed([inA(maker)], [inA(target)])).toBe(below[maker].includes(target));
  });

  test("every workspace of the home that the person is in counts, none of the maker's own", () => {
    expect(allowed([inA("owner")], [inA("viewer"), inB("viewer")])).toBe(false);
    expect(allowed([inA("owner"), inB("operator")], [inA("viewer"), inB("viewer")])).toBe(false);
    expect(allowed([inA("owner"), inB("admin")], [inA("viewer"), inB("admin")])).toBe(false);
    expect(allowed([inA("owner"), inB("admin")], [inA("admin"), inB("viewer")])).toBe(true);
    expect(allowed([inA("admin"), inB("viewer")], [inA("viewer")])).toBe(true);
  });

  test.each(roles)("what the person is elsewhere, here %s, neither takes the right away nor gives it", (role) => {
    expect(allowed([inA("admin")], [inA("viewer"), elsewhere(role)])).toBe(true);
    expect(allowed([inA("viewer")], [inA("viewer"), elsewhere(role)])).toBe(false);
    expect(allowed([elsewhere("owner")], [inA("viewer"), elsewhere(role)])).toBe(false);
    expect(allowed([inA("operator"), elsewhere("owner")], [inA("viewer"), elsewhere(role)])).toBe(false);
    expect(allowed([elsewhere("owner")], [elsewhere(role)])).toBe(false);
  });

  test("nobody for themselves, for who is no longer in their home, and for who has none", () => {
    expect(allowed([inA("owner")], [inA("owner")], "home", true)).toBe(false);
    expect(allowed([inA("owner")], [])).toBe(false);
    expect(allowed([inA("owner"), elsewhere("owner")], [inA("viewer"), elsewhere("viewer")], null)).toBe(false);
  });

  test("a refusal does not tell whether the person is elsewhere", () => {
    const because = (target: Place[], home: string | null = "home") => {
      const found = verdict([inA("admin")], target, home);
      return found.allowed ? null : found.because;
    };
    const said = because([inA("admin")]);
    expect(said).not.toBeNull();
    for (const other of [
      because([inA("viewer"), inB("viewer")]),
      because([inA("viewer")], null),
      because([elsewhere("viewer")]),
    ])
      expect(other).toBe(said);
  });
});
