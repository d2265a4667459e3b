import type postgres from "postgres";
import type { Furnished } from "./furnished.ts";

type Table = { name: string; of: string };

/**
 * Rows of one workspace in every table that has any, found by their columns: tables that are new are included. What belongs
 * to the account is not: an owner of any of its workspaces may change that.
 */
async function tablesOf(owner: postgres.Sql): Promise<Table[]> {
  const rows = await owner<{ name: string; columns: string[] }[]>`
    select format('%I.%I', table_schema, table_name) as name, array_agg(column_name::text) as columns
    from information_schema.columns join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and t.table_type = 'BASE TABLE' group by 1 order by 1`;
  const ways: [column: string, of: string][] = [
    ["workspace_id", "workspace_id = $1"],
    ["run_id", "run_id in (select id from runs where workspace_id = $1)"],
    ["span_id", "span_id in (select id from spans where workspace_id = $1)"],
    ["version_id", "version_id in (select id from workflow_versions where workspace_id = $1)"],
    ["artifact_id", "artifact_id in (select id from prompt_artifacts where workspace_id = $1)"],
    ["user_id", "user_id in (select user_id from members where workspace_id = $1)"],
  ];
  const found = rows.flatMap(({ name, columns }) => {
    if (name === "public.workspaces") return [{ name, of: "id = $1" }];
    const way = ways.find(([column]) => columns.includes(column));
    return way ? [{ name, of: way[1] }] : [];
  });
  return [...found, { name: "pgboss.job", of: "data->>'workspaceId' = $1" }];
}

export type ReadRows = (workspaceId: string) => Promise<Map<string, string[]>>;

/**
 * Gives what reads every row of a workspace as text, by table; tables without a row are there too. One prepared statement: it is
 * asked after each operation, and looking the tables up and planning a query for each cost more than the operation.
 */
export async function rowsReader(owner: postgres.Sql): Promise<ReadRows> {
  const tables = await tablesOf(owner);
  const plain = (name: string) => name.replace("public.", "");
  const parts = tables.map(
    ({ name, of }) => `select '${plain(name)}' as name, t::text as text from ${name} t where ${of}`,
  );
  const statement = `${parts.join(" union all ")} order by 1, 2`;
  return async (workspaceId) => {
    const rows = new Map<string, string[]>(tables.map(({ name }) => [plain(name), []]));
    for (const { name, text } of await owner.unsafe(statement, [workspaceId], { prepare: true }))
      rows.get(name as string)?.push(text as string);
    return rows;
  };
}

/** Ids, content hashes and addresses of people: what tells of somebody's data although nobody chose it. */
const telling = /\b[a-z]{2,9}_[0-9a-hjkmnp-tv-z]{26}\b|\b[0-9a-f]{64}\b|[\w.+-]+@[\w.-]+\.\w+/g;
const tellingIn = (text: string) => text.match(telling) ?? [];

/** What of `victim` an answer to `request` must not hold: its mark, and what only its rows have and the request did not say. */
export function leakFinder(victim: Furnished, rows: Map<string, string[]>, others: Map<string, string[]>[]) {
  const elsewhere = new Set(others.flatMap((each) => [...each.values()].flat().flatMap(tellingIn)));
  const own = new Set(
    [...rows.values()]
      .flat()
      .flatMap(tellingIn)
      .filter((value) => !elsewhere.has(value)),
  );
  return (answer: string, request: string): string[] => {
    const said = decodeURIComponent(request.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
    const asked = new Set(said.match(new RegExp(`[\\w:.-]*${victim.mark}[\\w:.-]*`, "g")) ?? []);
    // Names that the request itself held may be repeated; the longest first, since one may be a part of another.
    let rest = answer;
    for (const name of [...asked].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(name, "");
    const marks = rest.includes(victim.mark) ? [around(rest, victim.mark)] : [];
    return [...marks, ...new Set(tellingIn(answer).filter((value) => own.has(value) && !said.includes(value)))];
  };
}

function around(text: string, word: string): string {
  const at = text.indexOf(word);
  return text.slice(Math.max(0, at - 40), at + word.length + 40);
}
