// Changes installed packages until their maintainers do (docs/decisions/0014-postgres-driver.md, 0028-drizzle-exports.md).
// Run after each installation and by every command; plain JavaScript, since it may run under the system's Node 20.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(fileURLToPath(new URL(".", import.meta.url)), "../..");
const mark = "// mended by reprise";

/**
 * postgres.js 3.4.9: a statement of a transaction whose connection has just closed is written to a socket that is null.
 * It throws outside of every promise and ends the process. What was to be written before the close must be forgotten too,
 * or it would go out in front of the next connection's greeting. And a connection that breaks while the driver asks it for the
 * array types rejects a promise that nobody holds; when it is refused at the next try, the one after that opens without types, and
 * every array that the process sends from then on is malformed. A `begin` that is the hundredth statement of a pipeline
 * keeps its connection to nobody: it fails, and what others send there later stands in a transaction that nobody commits.
 */
const postgresMend = {
  files: ["node_modules/postgres/src/connection.js", "node_modules/postgres/cjs/src/connection.js"],
  changes: [
    {
      from: `    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS', 'You cannot execute queries during copy'))
`,
      to: `    if (socket === null) ${mark}
      return queryError(q, Errors.connection('CONNECTION_CLOSED', options))

    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS', 'You cannot execute queries during copy'))
`,
    },
    {
      from: `      return write(toBuffer(q))
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && (!q.options.onexecute || q.options.onexecute(connection))
`,
      to: `      const isWritten = write(toBuffer(q)) ${mark}
      q.options.onexecute && q.options.onexecute(connection)
      return isWritten
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && !q.options.onexecute
`,
    },
    {
      from: `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)
`,
      to: `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null ${mark}
    socket.removeListener('data', data)
`,
    },
    {
      from: `        return fetchArrayTypes()
`,
      to: `        return fetchArrayTypes().catch(() => { needsTypes = true }) ${mark}
`,
    },
    {
      from: `    if (initial)
      return reconnect()
`,
      to: `    if (initial) {
      query = errorResponse = null ${mark}
      return reconnect()
    }
`,
    },
  ],
};

const drizzleManifest = "node_modules/drizzle-orm/package.json";
/** What our code imports of drizzle-orm, and drizzle-kit when it writes a migration for PostgreSQL. */
const drizzleEntries =
  /^\.(\/(casing|relations|version|(pg|gel|mysql|singlestore|sqlite)-core|postgres-js(\/migrator)?))?$/;

/**
 * Makes the changes where they are missing. Throws when a package's text is not the one that a change was made for.
 */
export function patchDependencies() {
  mendPostgres();
  shortenDrizzleExports();
}

/**
 * Node reads the `exports` of a package again for each of its files. Those of drizzle-orm are 130 kB for 447 entries and were
 * parsed some hundred times: half of what the start of a worker cost.
 */
function shortenDrizzleExports() {
  const file = join(repository, drizzleManifest);
  if (!existsSync(file)) return;
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const entries = Object.entries(manifest.exports);
  const kept = entries.filter(([name]) => drizzleEntries.test(name));
  if (kept.length < entries.length)
    replaceFile(file, `${JSON.stringify({ ...manifest, exports: Object.fromEntries(kept) }, null, 2)}\n`);
}

function mendPostgres() {
  for (const file of postgresMend.files.map((name) => join(repository, name)).filter(existsSync)) {
    const text = readFileSync(file, "utf8");
    let mended = text;
    for (const { from, to } of postgresMend.changes) {
      if (mended.includes(to)) continue;
      if (mended.split(from).length !== 2)
        throw new Error(`${file} has changed: look whether lib/launcher/patch-dependencies.mjs is still needed`);
      mended = mended.replace(from, () => to);
    }
    if (mended === text) continue;
    replaceFile(file, mended);
  }
}

/** In one step: others may be reading it. @param {string} file @param {string} text */
function replaceFile(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) patchDependencies();
