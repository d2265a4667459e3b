import { findChangedNumber } from "#/lib/contract/exact-number.ts";

/** What the trigger form holds, as far as commands need it; `payload` is JSON text. */
export type TriggerChoice = { slug: string; payload: string; version: number | null; environment: string | null };

/** The same trigger as a curl command, its body in a heredoc so that no quoting can go wrong. Pure. */
export function curlCommand(origin: string, choice: TriggerChoice): string {
  const options = {
    ...(choice.version === null ? {} : { version: choice.version }),
    ...(choice.environment === null ? {} : { environment: choice.environment }),
  };
  const extra = Object.entries(options).map(([name, value]) => `,\n  "${name}": ${JSON.stringify(value)}`);
  const body = `{\n  "payload": ${indented(choice.payload)}${extra.join("")}\n}`;
  return [
    `curl -X POST ${origin}/api/v1/workflows/${choice.slug}/runs \\`,
    `  -H "authorization: Bearer $REPRISE_API_KEY" \\`,
    `  -H "content-type: application/json" \\`,
    `  --data-binary @- <<'JSON'`,
    body,
    "JSON",
  ].join("\n");
}

/** The same trigger for the command line tool, which reads the payload from its input. Pure. */
export function cliCommand(choice: TriggerChoice): string {
  const version = choice.version === null ? "" : ` --workflow-version ${choice.version}`;
  const environment = choice.environment === null ? "" : ` --env ${shellWord(choice.environment)}`;
  const command = `npx reprise trigger manual -w ${choice.slug}${version}${environment} -j -`;
  return `${command} <<'JSON'\n${indented(choice.payload, "")}\nJSON`;
}

/** What a person typed, as one word for the shell. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** JSON formatted again, so that no line of it can end a heredoc; text that is no JSON yet is put on one line. */
function indented(payload: string, by = "  "): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2).replaceAll("\n", `\n${by}`);
  } catch {
    return payload.replace(/\s*\n\s*/g, " ").trim() || "{}";
  }
}

/** What is wrong with a payload before it is sent; null when it is JSON whose numbers stay as they are. Pure. */
export function payloadFault(payload: string): string | null {
  try {
    JSON.parse(payload);
    const changed = findChangedNumber(payload, "payload");
    return changed && `${changed.path}: ${changed.message}`;
  } catch (error) {
    return `Not valid JSON: ${(error as Error).message}`;
  }
}
