import { countJsonValues, maxJsonValues } from "#/lib/contract/json-size.ts";

/**
 * Makes a provider's server-sent events fit for its SDK (WHATWG HTML, 9.2.6). Compatible servers keep a connection
 * alive with `data: : keepalive`, empty `data:` lines, comments and events without data. The SDKs take all of these for
 * JSON or for the end of an event, so they are left out. JSON can neither begin with a colon nor hold a raw line break,
 * so no part of an answer is lost. `named`: events without a name get the one in their `type`, since Anthropic's SDK
 * skips unnamed ones. Takes time linear in the bytes, however they are cut into chunks. Throws TooManyValues before
 * anybody parses such an event.
 */
export class EventStreamFilter {
  /** The `[DONE]` line of OpenAI's streams went through; its SDK does not report it. */
  sawDone = false;
  readonly #named: boolean;
  readonly #decoder = new TextDecoder();
  /** The unfinished line, in the pieces in which it came: joined once, when it ends. */
  #rest: string[] = [];
  #event = "";
  #data: string[] = [];

  constructor({ named }: { named: boolean }) {
    this.#named = named;
  }

  /** The events that these bytes complete, as text. */
  push(chunk: Uint8Array): string {
    return this.#lines(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The last event, when it is whole but the server did not close it with an empty line. */
  end(): string {
    const before = this.#lines(`${this.#decoder.decode()}\n`);
    const data = this.#data.join("\n");
    const last = data === "" ? "" : this.#dispatch();
    return before + (last !== "" && parsed(data) !== undefined ? last : "");
  }

  #lines(text: string): string {
    // A CR at the end may be the first half of a CRLF.
    const mayEnd = /[\r\n]/.test(text) || this.#rest.at(-1)?.endsWith("\r") === true;
    if (text !== "") this.#rest.push(text);
    if (!mayEnd) return "";
    const all = this.#rest.join("");
    const ends = /\r\n|\n|\r(?=[^])/g;
    let out = "";
    let start = 0;
    for (let end = ends.exec(all); end !== null; end = ends.exec(all)) {
      out += this.#line(all.slice(start, end.index));
      start = ends.lastIndex;
    }
    this.#rest = start === all.length ? [] : [all.slice(start)];
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
    // Some servers end with this line and send no empty one after it.
    return value.trim() === "[DONE]" ? this.#dispatch() : "";
  }

  #dispatch(): string {
    const [event, data] = [this.#event, this.#data];
    this.#event = "";
    this.#data = [];
    if (data.length === 0) return "";
    const text = data.join("\n");
    if (countJsonValues(text) > maxJsonValues) throw new TooManyValues();
    if (text.trim() === "[DONE]") this.sawDone = true;
    const name = event || (this.#named ? typeOf(text) : "");
    return `${name === "" ? "" : `event: ${name}\n`}${data.map((line) => `data: ${line}\n`).join("")}\n`;
  }
}

/** An event holds more values than we accept in any JSON text (contract/json-size.ts): parsed, it could fill memory. */
export class TooManyValues extends Error {}

function typeOf(data: string): string {
  const type = (parsed(data) as { type?: unknown } | null | undefined)?.type;
  return typeof type === "string" && /^\w+$/.test(type) ? type : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
