import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

/** The statement of the migration that changes rows; the others change the schema, which is there already. */
const changes = readFileSync("drizzle/0018_home_accounts.sql", "utf8")
  .split("--> statement-breakpoint")
  .map((statement) => statement.replace(/^--.*$/gm, "").trim())
  .filter((statement) => statement.startsWith("UPDATE"));

const people: [id: string, known: { password?: true; identity?: true }, joined: string[], home: string | null][] = [
  ["by_link", { password: true }, ["b1", "a1"], "b"],
  ["by_link_and_identity", { password: true, identity: true }, ["a2"], "a"],
  ["by_operator", {}, ["a1", "a2", "b1"], "a"],
  ["by_identity", { identity: true }, ["a1"], null],
  ["nowhere", { password: true }, [], null],
];

test("who was there before has the account of the oldest membership as home, unless an identity provider made them", async () => {
  const db = database();
  for (const account of ["a", "b"]) {
    await db.execute(sql`insert into accounts (id, name) values (${account}, ${account})`);
    for (const slug of [`${account}1`, `${account}2`])
      await db.execute(
        sql`insert into workspaces (id, account_id, slug, name) values (${slug}, ${account}, ${slug}, ${slug})`,
      );
  }
  for (const [id, { password, identity }, joined] of people) {
    const hash = password ? "hash" : null;
    await db.execute(
      sql`insert into users (id, email, name, password_hash) values (${id}, ${`${id}@example.com`}, ${id}, ${hash})`,
    );
    if (identity)
      await db.execute(sql`insert into identities (provider, subject, user_id) values ('oidc', ${id}, ${id})`);
    for (const [day, workspace] of joined.entries())
      await db.execute(
        sql`insert into members (workspace_id, user_id, role, created_at)
            values (${workspace}, ${id}, 'viewer', now() + ${day} * interval '1 day')`,
      );
  }
  expect(changes).toHaveLength(1);
  for (const statement of changes) await db.execute(sql.raw(statement));
  const rows = await db.execute(sql`select id, home_account_id home from users order by id`);
  expect(rows.map(({ id, home }) => [id, home])).toEqual(people.map(([id, , , home]) => [id, home]).toSorted());
});
