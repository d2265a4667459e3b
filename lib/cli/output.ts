import { safeJson, safeText } from "./safe-text.ts";
import { tableLines, type Column } from "./table.ts";

export type Sink = { write(text: string): unknown; isTTY?: boolean; columns?: number };
export type Colour = "green" | "red" | "yellow" | "cyan" | "dim" | "bold";

const codes: Record<Colour, number> = { green: 32, red: 31, yellow: 33, cyan: 36, dim: 2, bold: 1 };
const statusColours: Record<string, Colour> = {
  completed: "green",
  failed: "red",
  cancelled: "yellow",
  running: "cyan",
  waiting: "cyan",
  paused: "yellow",
  pending: "dim",
  aborted: "yellow",
  refused: "red",
  skipped: "dim",
  queued: "dim",
};

/**
 * What a command says. Results go to stdout (with `-o json` nothing but JSON), notes to stderr. Everything printed
 * here is made safe to show, wherever it came from.
 */
export class Output {
  readonly isJson: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #colours: boolean;

  constructor(options: { json: boolean; stdout: Sink; stderr: Sink; env: NodeJS.ProcessEnv }) {
    this.isJson = options.json;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    // https://no-color.org: set to anything but the empty text.
    this.#colours = options.stdout.isTTY === true && !options.env.NO_COLOR && options.env.TERM !== "dumb";
  }

  /** The result of a command as JSON. */
  json(value: unknown): void {
    this.#stdout.write(`${safeJson(value, 2)}\n`);
  }

  /** One of many results as one line of JSON. */
  jsonLine(value: unknown): void {
    this.#stdout.write(`${safeJson(value)}\n`);
  }

  line(text = ""): void {
    this.#stdout.write(`${safeText(text)}\n`);
  }

  /** For people: progress, warnings, hints. */
  note(text: string): void {
    this.#stderr.write(`${safeText(text)}\n`);
  }

  table(columns: Column[], rows: string[][]): void {
    const safe = rows.map((row) => row.map(safeText));
    const painted = columns.map(({ paint, ...column }) => (paint && this.#colours ? { ...column, paint } : column));
    for (const line of tableLines(painted, safe, this.#width())) this.#stdout.write(`${line}\n`);
  }

  /** Lines of `label  value`; pairs without a value are left out. */
  fields(pairs: [label: string, value: string | null][]): void {
    const shown = pairs.filter((pair): pair is [string, string] => pair[1] !== null);
    const width = Math.max(0, ...shown.map(([label]) => label.length));
    for (const [label, value] of shown) this.line(`${label.padEnd(width)}  ${value}`);
  }

  paint(text: string, colour: Colour): string {
    return this.#colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
  }

  paintStatus(cell: string): string {
    const colour = statusColours[cell.trim().split(" ")[0] ?? ""];
    return colour ? this.paint(cell, colour) : cell;
  }

  #width(): number | null {
    return this.#stdout.isTTY === true ? (this.#stdout.columns ?? 80) : null;
  }
}
