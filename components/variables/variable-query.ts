import type { SearchParams } from "#/components/shell/list-pages.ts";

/** The form of an environment's name (product contract, routes). */
export const environmentPattern = /^[a-z][a-z0-9_-]{0,31}$/;
/** The form of a variable's name. */
export const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** The environment that the address names; the first of `known` when it names none or cannot be understood. Pure. */
export function parseEnvironment(params: SearchParams, known: readonly string[]): string {
  const asked = [params["environment"]].flat()[0] ?? "";
  return environmentPattern.test(asked) ? asked : (known[0] ?? "production");
}

/** The address of an environment's variables. Pure. */
export function environmentPath(workspaceSlug: string, environment: string): string {
  return `/${workspaceSlug}/variables?environment=${environment}`;
}
