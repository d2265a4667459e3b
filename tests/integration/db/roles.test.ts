import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, database } from "#/db/client.ts";
import { databaseState } from "#/db/readiness.ts";
import { applicationRole, ensureApplicationLogin, grantToApplication } from "#/db/roles.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { createTestDatabase, type TestDatabase } from "#/tests/support/database.ts";
import { createTenant, useDatabase, type Tenant } from "#/tests/support/tenants.ts";

let testDatabase: TestDatabase;
let owner: postgres.Sql;
let application: postgres.Sql;
let tenant: Tenant;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // The processes' own code runs with the application's role here, so that what it writes shows that it may.
  useDatabase(testDatabase.applicationUrl);
  owner = postgres(testDatabase.url, { max: 1, onnotice: () => {} });
  application = postgres(testDatabase.applicationUrl, { max: 1, onnotice: () => {} });
  tenant = await createTenant();
  await audited(tenant);
});
afterAll(async () => {
  await Promise.all([closeDatabase(), owner?.end(), application?.end()]);
  await testDatabase?.drop();
});

const audited = (whose: Tenant) =>
  database().transaction((tx) => recordAudit(whose.system, tx, { action: "workspace.changed", target: null }));
const countOf = async (whose: Tenant) =>
  (await owner`select from audit_events where workspace_id = ${whose.workspace.id}`).length;
const codeOf = (statement: string, client: postgres.Sql) =>
  client.unsafe(statement).then(
    () => null,
    (error: { code?: string }) => error.code,
  );

const changes = [
  "update audit_events set action = 'x'",
  "update audit_events set details = '{}' where false",
  "delete from audit_events",
  "truncate audit_events",
  "truncate workspaces cascade",
  "insert into audit_events (id, account_id, workspace_id, action, actor_kind) select id, account_id, workspace_id, 'x', 'user' from audit_events on conflict (id) do update set action = 'x'",
  "merge into audit_events a using workspaces w on a.workspace_id = w.id when matched then delete",
  "copy audit_events from program 'true'",
];
const waysAround = [
  "delete from workspaces",
  "delete from accounts",
  "alter table audit_events disable trigger all",
  "drop trigger audit_events_keep_rows on audit_events",
  "drop function audit_events_refuse_change cascade",
  "create or replace function audit_events_refuse_change() returns trigger language sql as 'select null'",
  "drop table audit_events",
  "alter table audit_events rename to other",
  "alter table audit_events owner to current_user",
  "create rule quiet as on insert to audit_events do instead nothing",
  "create trigger mine before insert on audit_events for each row execute function audit_events_refuse_change()",
  "create policy mine on audit_events using (true)",
  "alter table workspaces add column x int",
  "set session_replication_role = replica",
  "set role reprise",
  `alter role ${applicationRole} superuser`,
  "create role other superuser",
  "create table public.other (id int)",
  "update drizzle.__drizzle_migrations set hash = 'x'",
];

describe("the audit log", () => {
  test.each([...changes, ...waysAround])("is out of the application's reach: %s", async (statement) => {
    const before = await owner`select * from audit_events order by id`;
    expect(await codeOf(statement, application)).toBe("42501");
    expect(await owner`select * from audit_events order by id`).toEqual(before);
  });

  test.each(["update audit_events set action = 'x'", "delete from audit_events", "truncate audit_events"])(
    "is not changed by its owner either, short of taking the trigger away: %s",
    async (statement) => expect(await codeOf(statement, owner)).toBe("42501"),
  );

  test("takes rows from the application and gives them back", async () => {
    const before = await countOf(tenant);
    await audited(tenant);
    const seen = await application`select from audit_events where workspace_id = ${tenant.workspace.id}`;
    expect([before + 1, before + 1]).toEqual([await countOf(tenant), seen.length]);
  });

  test("goes with its workspace, when the owner of the tables deletes that, and no other's does", async () => {
    const other = await createTenant();
    await audited(other);
    const [kept, gone] = [await countOf(tenant), await countOf(other)];
    expect([kept > 0, gone > 0]).toEqual([true, true]);
    await owner`delete from workspaces where id = ${other.workspace.id}`;
    expect([await countOf(tenant), await countOf(other)]).toEqual([kept, 0]);
  });
});

describe("the application's role", () => {
  test("reads and writes every other table, the queue's too, and knows how far the database is migrated", async () => {
    const denied = await owner`
      select c.oid::regclass::text as name, p.privilege from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join unnest('{select,insert,update,delete}'::text[]) p(privilege)
      where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p')
        and not has_table_privilege(${applicationRole}, c.oid, p.privilege) order by 1, 2`;
    expect(denied.map(({ name, privilege }) => `${name} ${privilege}`)).toEqual([
      "accounts delete",
      "audit_events delete",
      "audit_events update",
      "workspaces delete",
    ]);
    expect(await databaseState()).toBe("ready");
  });

  test("loses at the next migration what somebody gave it meanwhile, also when several migrate at once", async () => {
    await owner`grant update, delete, truncate on audit_events to ${owner(applicationRole)}`;
    const granted = await Promise.all([1, 2, 3].map(() => grantToApplication(testDatabase.url)));
    expect(granted).toEqual([true, true, true]);
    expect(await codeOf("truncate audit_events", application)).toBe("42501");
    const [row] = await owner`select has_table_privilege(${applicationRole}, 'audit_events', 'update') as update`;
    expect(row).toEqual({ update: false });
  });

  test("is all that a login made for it has, whatever its password looks like", async () => {
    const login = { name: `plain_${process.pid}`, password: "x' \"y" };
    await ensureApplicationLogin(testDatabase.url, login);
    const url = Object.assign(new URL(testDatabase.url), {
      username: login.name,
      password: encodeURIComponent(login.password),
    });
    const plain = postgres(url.href, { max: 1, onnotice: () => {} });
    expect(await codeOf("create role other", plain)).toBe("42501");
    expect(await plain`select current_user::text as name`).toEqual([{ name: login.name }]);
    await codeOf(`grant update on audit_events to ${login.name}`, plain);
    expect(await codeOf("update audit_events set action = 'x'", plain)).toBe("42501");
    expect(await codeOf("select from audit_events", plain)).toBeNull();
    await plain.end();
    await owner`drop role ${owner(login.name)}`;
  });
});
