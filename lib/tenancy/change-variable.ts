import { inTransaction } from "#/db/transaction.ts";
import type { VariablesView } from "#/lib/contract/administration.ts";
import { textFault } from "#/lib/contract/text.ts";
import { invalidField, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";
import { lengthFault, maxVariables, variableRow, variablesView } from "./variables.ts";
import { lockVariables, replaceVariables, selectVariables, type VariableRow } from "./variable-store.ts";

/**
 * Sets one variable and leaves the others as they are: a page cannot send back secrets that it never got. Throws
 * validation_failed for a value that cannot be stored and for one variable too many.
 */
export function setVariable(
  ctx: Ctx,
  environment: string,
  name: string,
  given: { value: string; secret: boolean },
): Promise<VariablesView> {
  return change(ctx, environment, name, (others) => {
    const fault = textFault(given.value);
    if (fault) throw invalidField("body.value", fault);
    if (others.length >= maxVariables) throw invalidField("body.name", `at most ${maxVariables} variables`);
    // Of a sealed value the length is known roughly, which is enough here.
    const long = lengthFault([given.value, ...others.map(({ value }) => value)]);
    if (long) throw invalidField("body.value", long);
    return [...others, variableRow(ctx, environment, name, given)];
  });
}

/** Removes one variable; throws not_found when the environment does not have it. */
export function removeVariable(ctx: Ctx, environment: string, name: string): Promise<VariablesView> {
  return change(ctx, environment, name, (others, found) => {
    if (!found) throw notFound("Variable");
    return others;
  });
}

/** `decide` gets the other variables and whether the named one is there, and says what is there afterwards. */
async function change(
  ctx: Ctx,
  environment: string,
  name: string,
  decide: (others: VariableRow[], found: boolean) => VariableRow[],
): Promise<VariablesView> {
  authorize(ctx, "variable:write");
  return inTransaction(ctx.db, async (tx) => {
    await lockVariables(tx, ctx.workspace.id, environment);
    const before = await selectVariables(tx, ctx.workspace.id, environment);
    const others = before.filter((row) => row.name !== name);
    const rows = decide(others, others.length < before.length);
    await replaceVariables(tx, ctx.workspace.id, environment, rows);
    await recordAudit(ctx, tx, {
      action: "variables.changed",
      target: environment,
      details: { [rows.length > others.length ? "set" : "removed"]: name },
    });
    return variablesView(environment, rows);
  });
}
