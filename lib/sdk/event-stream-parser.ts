export type Message = { type: string; data: string; id: string };

/** Server-sent events out of a stream of text (WHATWG HTML, 9.2.6): fed piece by piece, however it is cut. */
export class EventStreamParser {
  #rest = "";
  #type = "";
  #data: string[] = [];
  #id = "";

  /** The messages that this piece completes. */
  push(text: string): Message[] {
    const messages: Message[] = [];
    this.#rest += text;
    // A CR at the end may be the first half of a CRLF.
    const ends = /\r\n|\n|\r(?=[^])/g;
    let start = 0;
    for (let end = ends.exec(this.#rest); end !== null; end = ends.exec(this.#rest)) {
      const message = this.#line(this.#rest.slice(start, end.index));
      if (message) messages.push(message);
      start = ends.lastIndex;
    }
    this.#rest = this.#rest.slice(start);
    return messages;
  }

  #line(line: string): Message | null {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#type = value;
    if (field === "data") this.#data.push(value);
    if (field === "id" && !value.includes("\u0000")) this.#id = value;
    return null;
  }

  #dispatch(): Message | null {
    const message =
      this.#data.length === 0 ? null : { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
    this.#type = "";
    this.#data = [];
    return message;
  }
}
