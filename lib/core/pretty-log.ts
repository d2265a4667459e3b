const reset = "\u001b[0m";
const colours: Record<string, string> = {
  warn: "\u001b[33m",
  error: "\u001b[31m",
  fatal: "\u001b[31m",
  debug: "\u001b[2m",
  trace: "\u001b[2m",
};
const shownApart = new Set(["level", "time", "pid", "msg", "err", "error"]);
// oxlint-disable-next-line no-control-regex -- data must not steer the terminal
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** One JSON log line for a person at a terminal: time, level, message, fields; frames of an error below. */
export function prettyLine(json: string, colour: boolean): string {
  const line = parsed(json);
  if (!line) return json;
  const level = String(line.level ?? "info");
  const fields = Object.entries(line)
    .filter(([name]) => !shownApart.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const time = String(line.time ?? "").slice(11, 23);
  const shade = colour ? (colours[level] ?? "") : "";
  const head = `${time} ${shade}${level.toUpperCase().padEnd(5)}${shade ? reset : ""} ${clean([line.msg ?? "", ...fields].join("  "))}`;
  return `${[head, ...errorLines(line.err ?? line.error)].join("\n")}\n`;
}

type Logged = { name?: string; message?: string; code?: string; stack?: string[]; cause?: unknown };

function errorLines(error: unknown, lead = "    "): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { name = "Error", message = "", code, stack = [], cause } = error as Logged;
  const frames = Array.isArray(stack) ? stack.map((frame) => `${lead}  ${clean(frame)}`) : [];
  return [
    `${lead}${name}${code ? ` ${code}` : ""}: ${clean(message)}`,
    ...frames,
    ...errorLines(cause, `${lead}  because of `),
  ];
}

function clean(text: string): string {
  return text.replaceAll(controls, "\ufffd");
}

function parsed(json: string): Record<string, unknown> | null {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return null;
  }
}
