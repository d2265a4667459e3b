import { expect, test } from "vitest";
import { invitationState } from "#/lib/tenancy/invitation.ts";
import { linkTokenHash, newLinkToken } from "#/lib/tenancy/link-token.ts";

const at = new Date("2026-01-08T00:00:00Z");
const [before, after] = [new Date(at.getTime() - 1), new Date(at.getTime() + 1)];
const row = { acceptedAt: null, declinedAt: null, revokedAt: null, expiresAt: after };

test.each([
  ["open", row],
  ["expired", { ...row, expiresAt: at }],
  ["expired", { ...row, expiresAt: before }],
  ["revoked", { ...row, revokedAt: before }],
  ["revoked", { ...row, revokedAt: before, expiresAt: before }],
  ["declined", { ...row, declinedAt: before }],
  ["declined", { ...row, declinedAt: before, expiresAt: before }],
  ["accepted", { ...row, acceptedAt: before }],
  ["accepted", { ...row, acceptedAt: before, expiresAt: before }],
])("an invitation is %s", (state, each) => expect(invitationState(each, at)).toBe(state));

test("a link's token is random, URL-safe, and looked up by its hash; nothing else is", () => {
  const made = Array.from({ length: 100 }, newLinkToken);
  expect(new Set(made.map(({ token }) => token)).size).toBe(100);
  for (const { token, hash } of made) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(linkTokenHash(token)).toBe(hash);
  }
  for (const text of ["", "x", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}.`, `${"A".repeat(42)}\u0000`])
    expect(linkTokenHash(text)).toBeNull();
});
