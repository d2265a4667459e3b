import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { tableBreaches, tableOwners } from "./support/table-ownership.ts";

const root = resolve(import.meta.dirname, "..");

/**
 * The glossary in import order: a folder imports only from itself and from those before it. A folder of lib/ or components/
 * that is neither here nor in `beside` is a breach; one that is here need not be there yet.
 */
const order = [
  "lib/contract",
  "lib/core",
  "lib/expressions",
  "db",
  "lib/bodies",
  "lib/queue",
  "lib/tenancy",
  "lib/policies",
  "lib/models",
  "lib/prompts",
  "lib/tools",
  "lib/workflows",
  "lib/runs",
  "lib/traces",
  "lib/replay",
  "lib/fixes",
  "lib/batches",
  "lib/schedules",
  "lib/ingest",
  "lib/gateway",
  "lib/regressions",
  "lib/auth",
  "lib/api",
  "lib/mcp",
  "components/ui",
  "components/data",
  "components/shell",
  "components/runs",
  "components/replay",
  "components/batches",
  "components/trace",
  "components/compare",
  "components/workflows",
  "components/schedules",
  "components/prompts",
  "components/models",
  "components/tools",
  "components/policies",
  "components/variables",
  "components/members",
  "components/api-keys",
  "components/audit",
  "components/account",
  "app",
];

/** Folders that stand beside the list, with what they may import. */
const beside: Record<string, string[]> = {
  "lib/worker": order.slice(0, order.indexOf("lib/schedules") + 1),
  "lib/sdk": ["lib/contract"],
  "lib/cli": ["lib/contract", "lib/sdk"],
  "lib/demo": order.slice(0, order.indexOf("lib/api") + 1),
  "lib/launcher": ["lib/contract", "lib/core", "db", "lib/worker"],
  "lib/packaging": ["lib/launcher"],
  "lib/image": ["lib/contract", "lib/core", "db", "lib/tenancy", "lib/worker"],
};

const uiPackages = /^(next|react|react-dom|next-auth|sonner|lucide-react|radix-ui|@radix-ui|@tanstack)(\/|$)/;
const uiFolders = ["app", "components", "lib/auth", "lib/api"];
const isComponents = (folder: string | null) => folder?.startsWith("components/") ?? false;
const unclearNames = /(^|[-.])(utils?|helpers?|types|manager|service|misc|common)([-.]|$)/;

export type SourceFile = { path: string; text: string };

/** Every breach of the house's rules in these files, one line each. */
export function breaches(files: SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...placeBreaches(file.path),
    ...tableBreaches(file, owners),
    ...importsOf(file.text).flatMap((specifier) => importBreaches(file.path, specifier)),
    ...nameBreaches(file.path),
    ...dialectBreaches(file),
    ...routeBreaches(file.path),
  ]);
}

function placeBreaches(path: string): string[] {
  if (!/^(lib|components)\//.test(path) || folderOf(path) !== null) return [];
  return [`${path}: its folder is not in the list`];
}

function importBreaches(path: string, specifier: string): string[] {
  const from = folderOf(path);
  if (specifier.startsWith("#/") || specifier.startsWith(".")) {
    const target = specifier.startsWith("#/")
      ? specifier.slice(2)
      : relative(root, resolve(root, dirname(path), specifier));
    return folderBreaches(path, from, target);
  }
  const found: string[] = [];
  if (
    uiPackages.test(specifier) &&
    !uiFolders.includes(isComponents(from) ? "components" : (from ?? "")) &&
    path !== "middleware.ts" &&
    path !== "next.config.ts"
  )
    found.push(`${path}: ${specifier} belongs in ${uiFolders.join(", ")}`);
  if (specifier === "next/link" && path !== "components/ui/link.tsx")
    found.push(`${path}: a link is the one of components/ui, which fetches no page ahead that nobody points at`);
  if (specifier.startsWith("drizzle-orm") && from !== "db" && from !== "lib/queue" && !isStore(path))
    found.push(`${path}: SQL belongs in db/ or a store file`);
  return found;
}

function folderBreaches(path: string, from: string | null, target: string): string[] {
  const to = folderOf(target);
  if (from === null || to === null || from === to) return [];
  // A page reads a stream of events as the SDK does, by the same parser.
  if (from === "components/data" && target === "lib/sdk/event-stream-parser.ts") return [];
  const allowed = beside[from] ?? order.slice(0, order.indexOf(from));
  if (!allowed.includes(to)) return [`${path}: ${from} must not import ${to} (${target})`];
  if (/^db\/(schema|readable)\//.test(target) && from !== "db" && !isStore(path))
    return [`${path}: tables belong in a store file`];
  if (isComponents(from) && to === "db") return [`${path}: components never import db`];
  return [];
}

/** Files that answer requests without being a page: one serves the API, operation by operation. */
const routeFiles = [
  "app/api/auth/[...nextauth]/route.ts",
  "app/api/health/live/route.ts",
  "app/api/health/ready/route.ts",
  "app/api/mcp/route.ts",
  "app/api/metrics/route.ts",
  "app/api/openapi.json/route.ts",
  "app/api/v1/[[...path]]/route.ts",
  "app/docs/[...path]/route.ts",
  "app/llms.txt/route.ts",
];

function routeBreaches(path: string): string[] {
  if (!/^app\/(.*\/)?route\.tsx?$/.test(path) || routeFiles.includes(path)) return [];
  return [`${path}: what answers requests is an operation, in lib/api/operations`];
}

function isStore(path: string): boolean {
  return /(^|[/-])store\.ts$/.test(path);
}

/** One way to write it: `#x` for what a class keeps to itself, camelCase for constants. What oxlint has no rule for. */
function dialectBreaches({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  if (/^\s+(private|protected|public)\s/m.test(text)) found.push(`${path}: a class keeps to itself what is named #x`);
  if (/^\s*(export )?(const|let) [A-Z][A-Z\d_]+\b/m.test(text)) found.push(`${path}: constants are camelCase`);
  return found;
}

function nameBreaches(path: string): string[] {
  const name = path.split("/").at(-1) ?? "";
  const found: string[] = [];
  if (/^index\.tsx?$/.test(name)) found.push(`${path}: no barrels`);
  if (/^(lib|components|db)\//.test(path) && unclearNames.test(name.replace(/\.tsx?$/, "")))
    found.push(`${path}: the name says nothing`);
  if (/^(lib|components|db)\//.test(path) && name !== name.toLowerCase())
    found.push(`${path}: file names are kebab-case`);
  return found;
}

function folderOf(path: string): string | null {
  const parts = path.split("/");
  const two = parts.slice(0, 2).join("/");
  if (order.includes(two) || two in beside) return two;
  return order.includes(parts[0] ?? "") ? (parts[0] ?? null) : null;
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(
      /(?:^|\s)(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? "");
}

function sources(): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (folder: string) => {
    for (const name of readdirSync(join(root, folder))) {
      const path = join(folder, name);
      if (statSync(join(root, path)).isDirectory()) visit(path);
      else if (/\.tsx?$/.test(name)) files.push({ path, text: readFileSync(join(root, path), "utf8") });
    }
  };
  for (const folder of ["app", "components", "lib", "db"]) visit(folder);
  return [...files, { path: "middleware.ts", text: readFileSync(join(root, "middleware.ts"), "utf8") }];
}

const owners = tableOwners(sources());

describe("the house", () => {
  test("every file of tables is named after the folder that owns them", () => {
    expect(owners.size).toBeGreaterThan(25);
    for (const owner of owners.values()) expect(order).toContain(`lib/${owner}`);
  });

  test("every file imports only from the folders before its own", () => {
    expect(breaches(sources())).toEqual([]);
  });

  test("what is kept on globalThis is reset between the test files that share a process", () => {
    const kept = sources().flatMap(({ text }) =>
      [...text.matchAll(/\b(reprise[A-Z]\w*)\??: /g)].map(([, name]) => name),
    );
    const resets = readFileSync(join(root, "tests/support/process-state.ts"), "utf8");
    expect(new Set(kept).size).toBeGreaterThan(5);
    expect(kept.filter((name) => !new RegExp(`^  ${name}: \\(`, "m").test(resets))).toEqual([]);
  });

  test.each([
    [
      "a lower folder importing a higher one",
      "lib/runs/x.ts",
      'import { submitReplay } from "#/lib/replay/submit-replay.ts";',
    ],
    ["a relative way around the list", "lib/tools/x.ts", 'import { walk } from "../runs/walk.ts";'],
    ["a type import", "lib/contract/x.ts", 'import type { Ctx } from "#/lib/tenancy/ctx.ts";'],
    ["a dynamic import", "lib/core/x.ts", 'const x = await import("#/db/client.ts");'],
    ["an export from", "lib/models/x.ts", 'export { walk } from "#/lib/runs/walk.ts";'],
    ["SQL outside a store", "lib/runs/walk.ts", 'import { sql } from "drizzle-orm";'],
    ["tables outside a store", "lib/runs/walk.ts", 'import { runs } from "#/db/schema/runs.ts";'],
    ["React in the domain", "lib/runs/x.ts", 'import { useState } from "react";'],
    ["the worker reaching for the API", "lib/worker/x.ts", 'import { apiServer } from "#/lib/api/serve-api.ts";'],
    ["the SDK reaching into the server", "lib/sdk/x.ts", 'import { newId } from "#/lib/core/ids.ts";'],
    ["components reaching for the database", "components/runs/x.tsx", 'import { runs } from "#/db/schema/runs.ts";'],
    ["a barrel", "lib/runs/index.ts", ""],
    ["a private member by keyword", "lib/runs/x.ts", "class A {\n  private x = 1;\n}"],
    ["a constant in capitals", "lib/runs/x.ts", "const MAX_RUNS = 1;"],
    ["a folder of lib/ that is not in the list", "lib/extras/x.ts", ""],
    ["a file of lib/ in no folder", "lib/x.ts", ""],
    ["a folder of components/ that is not in the list", "components/extras/x.tsx", ""],
    ["a common component that knows a feature", "components/ui/x.tsx", 'import { x } from "#/components/runs/x.ts";'],
    ["a dialog that reaches up", "components/replay/x.tsx", 'import { x } from "../trace/x.ts";'],
    [
      "the frame of the pages that knows a feature",
      "components/shell/x.tsx",
      'import { x } from "#/components/runs/x.ts";',
    ],
    ["a link that fetches ahead", "components/runs/x.tsx", 'import Link from "next/link";'],
    ["rows of others outside a store", "lib/runs/walk.ts", 'import { userNames } from "#/db/readable/tenancy.ts";'],
    ["another domain's tables", "lib/runs/x-store.ts", 'import { workspaces } from "#/db/schema/tenancy.ts";'],
    ["another domain's table read", "lib/traces/store.ts", "sql`select id from runs where id = ${id}`"],
    ["another domain's table joined", "lib/replay/store.ts", "sql`from (values (1)) v left join spans s on true`"],
    ["another domain's table in a list", "lib/replay/store.ts", "sql`from node_mappings m, workspaces w`"],
    ["another domain's table updated", "lib/runs/x-store.ts", "sql`update workspaces set name = ''`"],
    ["another domain's table filled", "lib/runs/x-store.ts", "sql`insert into audit_events (id) values (1)`"],
    ["another domain's rows deleted", "lib/prompts/store.ts", "sql`delete from only version_prompts where true`"],
    ["another domain's table in quotes", "lib/prompts/store.ts", 'sql`update "public"."workflows" set x = 1`'],
    ["a route file beside the one of the API", "app/api/v1/things/[id]/route.ts", ""],
    ["a route file among the pages", "app/[workspaceSlug]/runs/export/route.ts", ""],
    ["a name that says nothing", "lib/runs/run-utils.ts", ""],
  ])("a planted breach is found: %s", (_, path, text) => {
    expect(breaches([{ path, text }]).length).toBeGreaterThan(0);
  });
});
