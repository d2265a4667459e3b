import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { assertValueCount } from "#/lib/core/parse-json.ts";

/** What is accepted in the answers of one conversation. */
type Taking = {
  /** How many more values they may hold, all together: a list of tools has as many pages as its server likes. */
  left: number;
  /** And how many bytes; the fetch limits those of each answer. */
  bytesLeft: number;
  /** Refuse a number that a double cannot carry. */
  exact: boolean;
};

const tooManyBytes = new DomainError("payload_too_large", "its answers together are too large");

/** Limit in bytes for an answer that only says what went wrong. */
const longestFault = 64 * 1024;

/**
 * The same answer of an MCP server, with its messages checked before the SDK parses them. Afterwards it would be too
 * late: a number that a double cannot carry has already changed, and a million values are in memory. At a message that
 * is refused the body ends in an error, and `refuse` is told.
 */
export function lookedThrough(answer: Response, taking: Taking, refuse: (error: DomainError) => void): Response {
  if (!answer.body) return answer;
  if (!answer.ok) return beginningOf(answer, answer.body);
  const isStream = (answer.headers.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");
  const decoder = new TextDecoder();
  /** What came since the last whole event; joined once, when the next one is whole. */
  let pieces: string[] = [];
  let tail = "";
  const refused = (fault: DomainError) => {
    refuse(fault);
    return fault;
  };
  const look = (message: string) => {
    const fault = faultIn(message, taking);
    if (fault !== null) throw refused(fault);
  };
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      taking.bytesLeft -= chunk.byteLength;
      if (taking.bytesLeft < 0) throw refused(tooManyBytes);
      const piece = decoder.decode(chunk, { stream: true });
      pieces.push(piece);
      if (isStream && blankLine.test(tail + piece)) pieces = [lookAtEvents(pieces.join(""), look)];
      tail = (tail + piece).slice(-2);
      out.enqueue(chunk);
    },
    flush: () => look(isStream ? dataOf(pieces.join("")) : pieces.join("")),
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(watch), { status, statusText, headers });
}

function beginningOf({ status, statusText, headers }: Response, body: ReadableStream<Uint8Array>): Response {
  let seen = 0;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      out.enqueue(chunk.subarray(0, longestFault - seen));
      seen += chunk.byteLength;
      if (seen >= longestFault) out.terminate();
    },
  });
  return new Response(body.pipeThrough(cut), { status, statusText, headers });
}

/** The end of a line, and the start of the next line's end: CR, LF and CRLF each end one (WHATWG HTML, 9.2.6). */
const blankLine = /(?:\r\n|\n|\r(?!\n))[\r\n]/;

/** Checks the data of each whole event, and returns the text after the last. */
function lookAtEvents(text: string, look: (message: string) => void): string {
  const blank = new RegExp(blankLine, "g");
  let start = 0;
  for (let end = blank.exec(text); end; end = blank.exec(text)) {
    look(dataOf(text.slice(start, end.index)));
    start = blank.lastIndex;
  }
  return text.slice(start);
}

function dataOf(event: string): string {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice("data:".length)).join("\n");
}

/** Text that is not JSON is left for the SDK to refuse. */
function faultIn(message: string, taking: Taking): DomainError | null {
  try {
    taking.left -= assertValueCount(message, "output", taking.left);
    const changed = taking.exact ? findChangedNumber(message, "message") : null;
    if (!changed) return null;
    const path = changed.path.replace(/^message\.result(\.structuredContent)?/, "output");
    return new DomainError("validation_failed", `${path}: ${changed.message}`, {
      fields: [{ path, message: changed.message }],
    });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof DomainError) return error;
    throw error;
  }
}
