import type postgres from "postgres";

/** Once a statement's text was sent this often, it is prepared. */
const usesBeforePreparing = 3;
/** Each connection keeps its prepared statements: a bound for texts that vary, such as lists of parameters. */
const mostTexts = 1000;

/**
 * Makes a client prepare repeated statements. Drizzle sends each of its statements unprepared, which costs two
 * round trips (describe, then execute), parsing and planning each time; a prepared one costs one, and neither.
 */
export function preparingClient(client: postgres.Sql): postgres.Sql {
  const uses = new Map<string, number>();
  const isFrequent = (text: string): boolean => {
    const count = (uses.get(text) ?? 0) + 1;
    if (count > usesBeforePreparing) return true;
    if (count > 1 || uses.size < mostTexts) uses.set(text, count);
    return false;
  };
  return preparing(client, isFrequent);
}

type AnySql = postgres.Sql & { savepoint?: Scoped };
type Scoped = (...args: unknown[]) => unknown;

function preparing(client: AnySql, isFrequent: (text: string) => boolean): postgres.Sql {
  const { unsafe } = client;
  client.unsafe = ((text: string, values?: unknown[], options?: postgres.UnsafeQueryOptions) =>
    // Without parameters the simple protocol is used, which takes one round trip anyway and several statements at once.
    values && values.length > 0 && isFrequent(text)
      ? unsafe(text, values as never, { ...options, prepare: true })
      : unsafe(text, values as never, options)) as typeof unsafe;
  for (const name of ["begin", "savepoint"] as const) {
    const scoped = client[name] as Scoped | undefined;
    if (scoped) Object.assign(client, { [name]: withPreparing(scoped, isFrequent) });
  }
  return client;
}

/** The last argument of `begin` and `savepoint` is what runs inside, over a client of its own. */
function withPreparing(scoped: Scoped, isFrequent: (text: string) => boolean): Scoped {
  return (...args) => {
    const inside = args.at(-1) as (client: AnySql) => unknown;
    return scoped(...args.slice(0, -1), (client: AnySql) => inside(preparing(client, isFrequent)));
  };
}
