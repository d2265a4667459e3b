/** Which folder of lib/ owns a table, by the table's name: the one after which its file in db/schema is named. */
export type TableOwners = ReadonlyMap<string, string>;

export function tableOwners(schema: readonly { path: string; text: string }[]): TableOwners {
  const named = schema.flatMap(({ path, text }) => {
    const owner = /^db\/schema\/(.+)\.ts$/.exec(path)?.[1];
    return owner === undefined
      ? []
      : [...text.matchAll(/\bpgTable\(\s*"(\w+)"/g)].map((match): [string, string] => [match[1] ?? "", owner]);
  });
  return new Map(named);
}

/** Tables of another domain in a store: imported from its schema, or named in SQL. One line each. */
export function tableBreaches({ path, text }: { path: string; text: string }, owners: TableOwners): string[] {
  const owner = /^lib\/([^/]+)\//.exec(path)?.[1];
  if (owner === undefined) return [];
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const imported = [...code.matchAll(/["'][^"']*db\/schema\/([\w-]+)\.ts["']/g)]
    .map((match) => match[1] ?? "")
    .filter((schema) => schema !== owner && schema !== "columns")
    .map((schema) => `${path}: the tables of ${schema} are not those of ${owner}`);
  const named = tablesInSql(code)
    .filter((table) => owners.has(table) && owners.get(table) !== owner)
    .map((table) => `${path}: ${table} belongs to ${owners.get(table)}`);
  return [...imported, ...named];
}

/** Names that stand where SQL has a table: after from (each of a list), join, into, update, using. */
function tablesInSql(code: string): string[] {
  const table = String.raw`(?:only\s+)?(?:"?public"?\.)?"?[a-z_]+"?(?:\s+(?:as\s+)?[a-z_]+)?`;
  const place = new RegExp(
    String.raw`\b(?:from|join|into|update|using|truncate)\s+(${table}(?:\s*,\s*${table})*)`,
    "gi",
  );
  return [...code.matchAll(place)].flatMap((match) =>
    (match[1] ?? "").split(",").map((item) => {
      const name =
        item
          .trim()
          .replace(/^only\s+/i, "")
          .split(/\s+/)[0] ?? "";
      return name
        .replaceAll('"', "")
        .replace(/^public\./i, "")
        .toLowerCase();
    }),
  );
}
