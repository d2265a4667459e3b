import { describe, expect, test } from "vitest";
import { roles, type Role } from "#/lib/contract/access.ts";
import { decidePasswordLink } from "#/lib/tenancy/password-link-rules.ts";

const inA = (role: Role) => ({ workspaceId: "ws_a", role });
const inB = (role: Role) => ({ workspaceId: "ws_b", role });
const allowed = (maker: ReturnType<typeof inA>[], target: ReturnType<typeof inA>[], isSelf = false) =>
  decidePasswordLink({ isSelf, maker, target }).allowed;

describe("who may make a password link for whom", () => {
  const below: Record<Role, Role[]> = {
    viewer: [],
    operator: [],
    admin: ["viewer", "operator"],
    owner: ["viewer", "operator", "admin", "owner"],
  };
  test.each(roles)("a %s, within one workspace", (maker) => {
    for (const target of roles) expect(allowed([inA(maker)], [inA(target)])).toBe(below[maker].includes(target));
  });

  test("every workspace of the person counts, none of the maker's own", () => {
    expect(allowed([inA("owner")], [inA("viewer"), inB("viewer")])).toBe(false);
    expect(allowed([inA("owner"), inB("operator")], [inA("viewer"), inB("viewer")])).toBe(false);
    expect(allowed([inA("owner"), inB("admin")], [inA("viewer"), inB("admin")])).toBe(false);
    expect(allowed([inA("owner"), inB("admin")], [inA("admin"), inB("viewer")])).toBe(true);
    expect(allowed([inA("admin"), inB("viewer")], [inA("viewer")])).toBe(true);
  });

  test("nobody for themselves, and nobody for who is in no workspace", () => {
    expect(allowed([inA("owner")], [inA("owner")], true)).toBe(false);
    expect(allowed([inA("owner")], [])).toBe(false);
  });

  test("a refusal does not tell whether the person is elsewhere", () => {
    const because = (target: ReturnType<typeof inA>[]) => {
      const verdict = decidePasswordLink({ isSelf: false, maker: [inA("admin")], target });
      return verdict.allowed ? null : verdict.because;
    };
    expect(because([inA("viewer"), inB("viewer")])).toBe(because([inA("admin")]));
  });
});
