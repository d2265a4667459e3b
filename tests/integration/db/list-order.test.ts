import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#/tests/support/database.ts";

let testDatabase: TestDatabase;
let owner: postgres.Sql;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = postgres(testDatabase.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await owner?.end();
  await testDatabase?.drop();
});

test("indexes order like the lists that need them: DESC, as queries write it, puts nulls first", async () => {
  const wrong = await owner`
    select indexname from pg_indexes where schemaname = 'public' and indexdef like '%NULLS LAST%'`;
  expect(wrong.map((row) => row.indexname)).toEqual([]);
});

test.each([
  ["newest runs of a workspace", "runs_list", "workspace_id = 'w'", "created_at desc, id desc"],
  ["by status", "runs_list_status", "workspace_id = 'w' and status = 'failed'", "created_at desc, id desc"],
  [
    "by workflow and status",
    "runs_list",
    "workspace_id = 'w' and workflow_id = 'f' and status = 'failed'",
    "created_at desc, id desc",
  ],
  [
    "the backlog that is admitted",
    "runs_backlog",
    "workspace_id = 'w' and status = 'pending' and status_reason = 'queued' and admitted_at is null",
    "priority desc, created_at, id",
  ],
])("%s is read in order from %s, without sorting", async (_, index, where, order) => {
  const lines = await owner.begin(async (tx) => {
    // An empty table would be read and sorted whole.
    await tx`set local enable_seqscan = off`;
    await tx`set local enable_bitmapscan = off`;
    return tx.unsafe(`explain select * from runs where ${where} order by ${order} limit 50`);
  });
  const plan = lines.map((line) => String(line["QUERY PLAN"])).join("\n");
  expect(plan).toContain(index);
  expect(plan).not.toContain("Sort");
});
