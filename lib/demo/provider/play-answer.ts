import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { eventsBefore, type Fault } from "./faults.ts";
import type { JournalEntry } from "./journal.ts";
import { bent } from "./odd-shapes.ts";
import { type Pace, pause, untilGone } from "./pace.ts";
import { frame, type Wire } from "./wire.ts";

/** Sends one answer at the model's pace, with its fault; `gone` fires when the client closes its connection. */
export type Play = {
  response: ServerResponse;
  wire: Wire;
  pace: Pace;
  fault: Fault | null;
  gone: AbortSignal;
  entry: JournalEntry;
};

const faultMessage = "The offline provider plays a scripted fault.";

/** Sends the fault's status answer, if the fault has one. Says whether it did. */
export function playStatus({ response, wire, fault, entry }: Play): boolean {
  if (fault?.status === undefined) return false;
  const retryAfter: Record<string, string> =
    fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  sendBody({ response, entry }, fault.status, JSON.stringify(problemOf(wire, fault.status, fault)), retryAfter);
  return true;
}

function problemOf(wire: Wire, status: number, { message = faultMessage, errorType }: Fault): object {
  const problem = wire.problem(status, message) as { error: object };
  if (errorType === undefined) return problem;
  const { error } = problem;
  return { ...problem, error: { ...error, type: errorType, ...("code" in error && { code: errorType }) } };
}

/** Sends one whole JSON answer. */
export async function playWhole(play: Play, body: object): Promise<void> {
  const { response, fault, gone, wire } = play;
  await pause(play.pace.firstEventMs, gone);
  if (gone.aborted) return;
  const text = JSON.stringify(body);
  const half = text.slice(0, Math.ceil(text.length / 2));
  if (fault?.reset !== undefined) reset(response);
  else if (fault?.stallAfterChunks !== undefined) await untilGone(gone);
  else if (fault?.errorEvent !== undefined)
    sendBody(play, 500, JSON.stringify(wire.problem(500, fault.message ?? faultMessage)));
  else sendBody(play, 200, fault?.malformed !== undefined || fault?.cutAfterChunks !== undefined ? half : text);
}

/** Sends the events of a streamed answer; a fault strikes after so many of them, at the latest before the last. */
export async function playStream(play: Play, good: string[]): Promise<void> {
  const { response, pace, fault, gone, entry } = play;
  const frames = bent(good, play.wire.name, fault ?? {});
  await pause(pace.firstEventMs, gone);
  if (gone.aborted) return;
  const after = strikeAfter(fault);
  if (after === 0 && fault?.reset !== undefined) return reset(response);
  entry.status = 200;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.flushHeaders();
  for (const [at, text] of frames.entries()) {
    if (at > 0) await pause(pace.eventMs, gone);
    if (gone.aborted) return;
    if (fault && after !== null && (at === after || at === frames.length - 1)) return strike(play, fault);
    await write(response, text, gone);
    entry.eventsSent += 1;
  }
  response.end();
}

function strikeAfter(fault: Fault | null): number | null {
  const after =
    fault?.cutAfterChunks ?? fault?.stallAfterChunks ?? fault?.errorEvent ?? fault?.malformed ?? fault?.reset;
  return after === undefined ? null : eventsBefore(after);
}

async function strike({ response, wire, gone }: Play, fault: Fault): Promise<void> {
  if (fault.cutAfterChunks !== undefined) response.end();
  else if (fault.stallAfterChunks !== undefined) await untilGone(gone);
  else if (fault.errorEvent !== undefined) response.end(wire.errorFrame(fault.message ?? faultMessage));
  else if (fault.malformed !== undefined)
    response.end(
      frame(wire.name === "anthropic" ? "content_block_delta" : null, '{"type": "content_block_delta", "delta": {"te'),
    );
  else {
    // What was written must be on the wire before the reset, or the client would never see it.
    await new Promise((resolve) => response.write(": reset follows\n\n", resolve));
    reset(response);
  }
}

async function write(response: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  if (response.write(text) || gone.aborted) return;
  await once(response, "drain", { signal: gone }).catch(() => {});
}

function sendBody(
  to: Pick<Play, "response" | "entry">,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  to.entry.status = status;
  to.response.writeHead(status, { "content-type": "application/json", ...headers });
  to.response.end(text);
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
