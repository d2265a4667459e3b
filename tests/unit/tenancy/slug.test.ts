import { expect, test } from "vitest";
import { isWorkspaceSlug } from "#/lib/tenancy/slug.ts";

test.each(["acme", "a", "a1-b2", "acme-production", "x".repeat(64)])("%j may be a workspace slug", (slug) =>
  expect(isWorkspaceSlug(slug)).toBe(true),
);
test.each(["", "Acme", "-a", "a-", "a_b", "a.b", "a/b", "ä", "x".repeat(65), "api", "login", "_next", "settings"])(
  "%j may not",
  (slug) => expect(isWorkspaceSlug(slug)).toBe(false),
);
