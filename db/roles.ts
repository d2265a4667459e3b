import postgres from "postgres";

/** The role of web and worker processes: a group without login, which an operator gives to the login they use. */
export const applicationRole = "reprise_app";

/** Tables on which the application's rights are limited; it may read and write all others. */
const restricted: Record<string, string> = {
  // Rows are added and read. They disappear only with their workspace, which only the owner may delete.
  audit_events: "select, insert",
  workspaces: "select, insert, update",
  accounts: "select, insert, update",
  __drizzle_migrations: "select",
};
const schemas = ["public", "drizzle", "pgboss"];

/**
 * Gives the application's role what web and worker need in the database at `url`, and takes away what it had beyond that;
 * part of a migration, as the owner of the tables. False when the role is missing and may not be made by this login.
 */
export async function grantToApplication(url: string): Promise<boolean> {
  return withClient(url, (client) =>
    client.begin(async (sql) => {
      // Concurrent grants on one table fail in PostgreSQL ("tuple concurrently updated").
      await sql`select pg_advisory_xact_lock(74206)`;
      if (!(await ensureRole(sql))) return false;
      for (const schema of schemas) await sql`grant usage on schema ${sql(schema)} to ${sql(applicationRole)}`;
      for (const { schema, name, is_sequence } of await ownRelations(sql)) {
        const relation = sql`${sql(schema)}.${sql(name)}`;
        const kind = is_sequence ? "sequence" : "table";
        const allowed = is_sequence ? "usage, select" : (restricted[name] ?? "select, insert, update, delete");
        await sql`revoke all on ${sql.unsafe(kind)} ${relation} from ${sql(applicationRole)}`;
        await sql`grant ${sql.unsafe(allowed)} on ${sql.unsafe(kind)} ${relation} to ${sql(applicationRole)}`;
      }
      return true;
    }),
  );
}

/** Creates (or gives a new password to) a login with just the application's role. Needs the right to create roles. */
export async function ensureApplicationLogin(url: string, login: { name: string; password: string }): Promise<void> {
  await withClient(url, (client) =>
    client.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(74206)`;
      if (!(await ensureRole(sql))) throw new Error(`the role ${applicationRole} is missing and cannot be made`);
      await createRole(sql, login.name, "login");
      // A utility statement takes no parameters; format() quotes as PostgreSQL does.
      const [row] = await sql<{ text: string }[]>`select format(
        'alter role %I login password %L', ${login.name}::text, ${login.password}::text) as text`;
      await sql.unsafe(row?.text ?? "");
      await sql`grant ${sql(applicationRole)} to ${sql(login.name)}`;
    }),
  );
}

async function ensureRole(sql: postgres.TransactionSql): Promise<boolean> {
  if (await hasRole(sql, applicationRole)) return true;
  try {
    await createRole(sql, applicationRole, "nologin");
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "42501") return false;
    throw error;
  }
}

/** Roles belong to the whole server: another database's migration may make the same one at this moment. */
async function createRole(sql: postgres.TransactionSql, name: string, attribute: "login" | "nologin"): Promise<void> {
  if (await hasRole(sql, name)) return;
  try {
    await sql.savepoint((inner) => inner`create role ${inner(name)} ${inner.unsafe(attribute)}`);
  } catch (error) {
    const madeMeanwhile = ["42710", "23505"].includes((error as { code?: string }).code ?? "");
    if (!madeMeanwhile) throw error;
  }
}

async function hasRole(sql: postgres.TransactionSql, name: string): Promise<boolean> {
  return (await sql`select from pg_roles where rolname = ${name}`).length > 0;
}

/** Only ours: a schema may contain what extensions and others put there. */
function ownRelations(sql: postgres.TransactionSql): Promise<{ schema: string; name: string; is_sequence: boolean }[]> {
  return sql<{ schema: string; name: string; is_sequence: boolean }[]>`
    select n.nspname as schema, c.relname as name, c.relkind = 'S' as is_sequence
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${sql(schemas)} and c.relkind in ('r', 'p', 'v', 'm', 'S') and pg_has_role(c.relowner, 'usage')
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')`;
}

async function withClient<T>(url: string, work: (client: postgres.Sql) => Promise<T>): Promise<T> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(client);
  } finally {
    await client.end({ timeout: 5 });
  }
}
