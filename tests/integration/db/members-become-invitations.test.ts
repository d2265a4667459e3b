import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

/** The statements of the migration that change rows; those before them change the schema, which is there already. */
const changes = readFileSync("drizzle/0013_invitations_by_address.sql", "utf8")
  .split("--> statement-breakpoint")
  .map((statement) => statement.replace(/^--.*$/gm, "").trim())
  .filter((statement) => /^(INSERT|DELETE)\b/.test(statement));

const people: [id: string, known: "password" | "identity" | "proven" | "address", roles: Record<string, string>][] = [
  ["by_password", "password", { a: "operator" }],
  ["by_identity", "identity", { a: "viewer" }],
  ["by_operator", "proven", { a: "admin" }],
  ["address_only", "address", { a: "operator", b: "viewer" }],
  ["last_owner", "address", { a: "owner", b: "viewer" }],
  ["invited_too", "address", { b: "admin" }],
  ["nowhere", "address", {}],
];

test("who never signed in becomes an invitation in each workspace; who did, or owns one, stays a member", async () => {
  const db = database();
  await db.execute(sql`insert into accounts (id, name) values ('acc', 'Acme')`);
  for (const slug of ["a", "b"])
    await db.execute(
      sql`insert into workspaces (id, account_id, slug, name) values (${slug}, 'acc', ${slug}, ${slug})`,
    );
  for (const [id, known, roles] of people) {
    const hash = known === "password" ? "hash" : null;
    await db.execute(
      sql`insert into users (id, email, name, password_hash, email_proven)
          values (${id}, ${`${id}@example.com`}, ${id}, ${hash}, ${known === "proven"})`,
    );
    if (known === "identity")
      await db.execute(sql`insert into identities (provider, subject, user_id) values ('oidc', ${id}, ${id})`);
    for (const [workspace, role] of Object.entries(roles))
      await db.execute(sql`insert into members (workspace_id, user_id, role) values (${workspace}, ${id}, ${role})`);
  }
  await db.execute(
    sql`insert into invitations (id, workspace_id, email, role, token_hash, expires_at)
        values ('inv_before', 'b', 'invited_too@example.com', 'viewer', 'x', now() + interval '1 day')`,
  );

  expect(changes).toHaveLength(2);
  for (const statement of changes) await db.execute(sql.raw(statement));

  const stay = await db.execute<{ id: string }>(sql`select id from users order by id`);
  expect(stay.map(({ id }) => id)).toEqual(["by_identity", "by_operator", "by_password", "last_owner"]);
  const members = await db.execute(sql`select workspace_id w, user_id u, role r from members order by 1, 2`);
  expect(members.map(({ w, u, r }) => [w, u, r])).toEqual([
    ["a", "by_identity", "viewer"],
    ["a", "by_operator", "admin"],
    ["a", "by_password", "operator"],
    ["a", "last_owner", "owner"],
    ["b", "last_owner", "viewer"],
  ]);
  const invited = await db.execute(sql`select workspace_id w, email e, role r, name n from invitations order by 1, 2`);
  expect(invited.map(({ w, e, r, n }) => [w, e, r, n])).toEqual([
    ["a", "address_only@example.com", "operator", "address_only"],
    ["b", "address_only@example.com", "viewer", "address_only"],
    ["b", "invited_too@example.com", "viewer", null],
  ]);
});
