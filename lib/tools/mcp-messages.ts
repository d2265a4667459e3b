import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { assertValueCount } from "#/lib/core/parse-json.ts";

/**
 * The same answer of an MCP server, whose messages are looked at before the SDK parses them: once it has, a number that a
 * double cannot carry is another one already, and a million values are in memory. There the body ends in an error, and `refuse` is told.
 */
export function withExactNumbers(answer: Response, refuse: (error: DomainError) => void): Response {
  if (!answer.ok || !answer.body) return answer;
  const isStream = (answer.headers.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");
  const decoder = new TextDecoder();
  let text = "";
  const look = (message: string) => {
    const fault = faultIn(message);
    if (fault === null) return;
    refuse(fault);
    throw fault;
  };
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      const searched = Math.max(0, text.length - 3);
      text += decoder.decode(chunk, { stream: true });
      if (isStream) text = lookAtEvents(text, searched, look);
      out.enqueue(chunk);
    },
    flush: () => look(isStream ? dataOf(text) : text),
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(watch), { status, statusText, headers });
}

/** Looks at the data of each whole event, and gives back the text behind the last. */
function lookAtEvents(text: string, from: number, look: (message: string) => void): string {
  const blank = /\r\n\r\n|\n\n|\r\r/g;
  blank.lastIndex = from;
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

/** Text that is no JSON is the SDK's to refuse. */
function faultIn(message: string): DomainError | null {
  try {
    assertValueCount(message, "output");
    const changed = findChangedNumber(message, "message");
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
