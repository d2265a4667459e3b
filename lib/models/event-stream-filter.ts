/**
 * Server-sent events of a provider, made fit for its SDK (WHATWG HTML, 9.2.6). Compatible servers keep a connection alive
 * with `data: : keepalive`, empty `data:` lines, comments and events without data, all of which the SDKs take for JSON or
 * for the end of an event: they are left out. JSON can neither begin with a colon nor hold a raw line break, so nothing of
 * an answer is lost. `named`: events without a name get the one that is in their `type`, as Anthropic's SDK skips others.
 */
export class EventStreamFilter {
  /** The `[DONE]` line of OpenAI's streams went through; its SDK does not tell. */
  sawDone = false;
  readonly #named: boolean;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #event = "";
  #data: string[] = [];

  constructor({ named }: { named: boolean }) {
    this.#named = named;
  }

  /** The events that are whole with these bytes, as text. */
  push(chunk: Uint8Array): string {
    return this.#lines(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The last event, when the server did not close it with an empty line but it is whole. */
  end(): string {
    const before = this.#lines(`${this.#decoder.decode()}\n`);
    const isWhole = this.#data.length > 0 && parsed(this.#data.join("\n")) !== undefined;
    return before + (isWhole ? this.#dispatch() : "");
  }

  #lines(text: string): string {
    let out = "";
    this.#rest += text;
    // A CR at the end may be the first half of a CRLF.
    const ends = /\r\n|\n|\r(?=[^])/g;
    let start = 0;
    for (let end = ends.exec(this.#rest); end !== null; end = ends.exec(this.#rest)) {
      out += this.#line(this.#rest.slice(start, end.index));
      start = ends.lastIndex;
    }
    this.#rest = this.#rest.slice(start);
    return out;
  }

  #line(line: string): string {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#event = value;
    if (field !== "data" || /^\s*(:|$)/.test(value)) return "";
    this.#data.push(value);
    // Some servers end with this line and no empty one behind it.
    return value.trim() === "[DONE]" ? this.#dispatch() : "";
  }

  #dispatch(): string {
    const [event, data] = [this.#event, this.#data];
    this.#event = "";
    this.#data = [];
    if (data.length === 0) return "";
    if (data.join("").trim() === "[DONE]") this.sawDone = true;
    const name = event || (this.#named ? typeOf(data) : "");
    return `${name === "" ? "" : `event: ${name}\n`}${data.map((line) => `data: ${line}\n`).join("")}\n`;
  }
}

function typeOf(data: string[]): string {
  const type = (parsed(data.join("\n")) as { type?: unknown } | null | undefined)?.type;
  return typeof type === "string" && /^\w+$/.test(type) ? type : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
