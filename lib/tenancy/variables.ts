import type { Database, DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { PutVariablesRequest, VariablesView } from "#/lib/contract/administration.ts";
import { textFault } from "#/lib/contract/text.ts";
import { env } from "#/lib/core/env.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { openSecret, sealSecret } from "#/lib/core/secret-box.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import {
  lockVariables,
  replaceVariables,
  selectVariables,
  selectVariablesOf,
  type VariableRow,
} from "./variable-store.ts";
import { authorize } from "./permissions.ts";

export const maxVariables = 500;
/** In characters of all values of an environment: each run reads them, and looks for the secret ones in all it writes. */
const maxEnvironmentLength = 262_144;
const tooLong = `at most ${maxEnvironmentLength} characters in all values of an environment together`;

/** The field error for values that together are too long; null when they are not. Pure. */
export function lengthFault(values: readonly string[]): string | null {
  return values.reduce((sum, value) => sum + value.length, 0) > maxEnvironmentLength ? tooLong : null;
}

/** Replaces an environment's variables; an absent one is removed. Secrets are sealed, and never given out again. */
export async function putVariables(
  ctx: Ctx,
  environment: string,
  request: PutVariablesRequest,
): Promise<VariablesView> {
  authorize(ctx, "variable:write");
  const given = Object.entries(request.variables).map(([name, each]) => ({
    name,
    ...(typeof each === "string" ? { value: each, secret: false } : each),
  }));
  const long = lengthFault(given.map(({ value }) => value));
  if (long) throw invalidField("body.variables", long);
  const rows = given.map(({ name, value, secret }) => {
    const fault = textFault(value);
    if (fault) throw invalidField(`body.variables.${name}`, fault);
    return variableRow(ctx, environment, name, { value, secret });
  });
  if (rows.length > maxVariables) throw invalidField("body.variables", `at most ${maxVariables} variables`);
  return inTransaction(ctx.db, async (tx) => {
    await lockVariables(tx, ctx.workspace.id, environment);
    await replaceVariables(tx, ctx.workspace.id, environment, rows);
    const names = rows.map((row) => row.name).sort();
    await recordAudit(ctx, tx, { action: "variables.changed", target: environment, details: { names } });
    return variablesView(environment, rows);
  });
}

/** The environment's variables by name; the value of a secret is null. */
export async function listVariables(ctx: Ctx, environment: string): Promise<VariablesView> {
  authorize(ctx, "variable:read");
  return variablesView(environment, await selectVariables(ctx.db, ctx.workspace.id, environment));
}

export type Environment = { values: Record<string, string>; secrets: string[] };

/**
 * For the engine only, in the order of `places`: plain values by name, and those values that must not appear in traces,
 * logs or errors.
 */
export async function loadEnvironments(
  db: Database,
  places: readonly { workspaceId: string; environment: string }[],
): Promise<Environment[]> {
  const rows = await selectVariablesOf(db, places);
  return places.map(({ workspaceId, environment }) =>
    environmentOf(rows.filter((row) => row.workspaceId === workspaceId && row.environment === environment)),
  );
}

function environmentOf(rows: (VariableRow & { workspaceId: string; environment: string })[]): Environment {
  // No prototype: a variable may be called __proto__.
  const values = Object.create(null) as Record<string, string>;
  const secrets: string[] = [];
  for (const row of rows) {
    const value = row.secret ? open(row.workspaceId, row.environment, row.name, row.value) : row.value;
    values[row.name] = value;
    if (row.secret && value !== "") secrets.push(value);
  }
  return { values, secrets };
}

/** For planning: the values of an environment that are no secrets, and the names of those that are. The caller has been authorised. */
export async function plainVariables(
  db: DbHandle,
  workspaceId: string,
  environment: string,
): Promise<{ plain: Record<string, string>; secretNames: string[] }> {
  const rows = await selectVariables(db, workspaceId, environment);
  const plain = Object.create(null) as Record<string, string>;
  for (const { name, secret, value } of rows) if (!secret) plain[name] = value;
  return { plain, secretNames: rows.filter(({ secret }) => secret).map(({ name }) => name) };
}

/** A variable as it is stored: a secret's value is sealed for its workspace, environment and name. */
export function variableRow(
  ctx: Ctx,
  environment: string,
  name: string,
  given: { value: string; secret: boolean },
): VariableRow {
  const { value, secret } = given;
  return { name, secret, value: secret ? seal(ctx.workspace.id, environment, name, value) : value };
}

/** Rows as they may be shown: by name, a secret's value null. */
export function variablesView(environment: string, rows: VariableRow[]): VariablesView {
  const variables = rows
    .map(({ name, secret, value }) => ({ name, secret, value: secret ? null : value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { environment, variables };
}

function seal(workspaceId: string, environment: string, name: string, value: string): string {
  return sealSecret(env("REPRISE_MASTER_KEYS"), `${workspaceId}/${environment}/${name}`, value);
}

function open(workspaceId: string, environment: string, name: string, sealed: string): string {
  return openSecret(env("REPRISE_MASTER_KEYS"), `${workspaceId}/${environment}/${name}`, sealed);
}
