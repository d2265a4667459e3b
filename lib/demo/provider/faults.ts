import { z } from "zod";
import { oddShapes } from "./odd-shapes.ts";

/**
 * What may go wrong with one request. `…AfterChunks` count stream events; `true` means after a few. Without a stream,
 * a cut answer is half a body, a stalled one never comes.
 */
const afterChunks = z.union([z.literal(true), z.int().min(0)]);
export const Fault = z
  .strictObject({
    status: z.int().min(400).max(599).optional(),
    retryAfter: z.union([z.number(), z.string()]).optional(),
    message: z.string().optional(),
    delayMs: z.number().min(0).optional(),
    cutAfterChunks: afterChunks.optional(),
    stallAfterChunks: afterChunks.optional(),
    errorEvent: afterChunks.optional(),
    malformed: afterChunks.optional(),
    reset: afterChunks.optional(),
    /** The answer itself, in a shape that only some compatible servers use. */
    shape: z.enum(oddShapes).optional(),
    /** Another finish reason. */
    finishReason: z.string().optional(),
    /** With `status`: type and code of the error object. */
    errorType: z.string().optional(),
  })
  .refine((fault) => Object.keys(fault).length > 0, "names no fault");
export type Fault = z.infer<typeof Fault>;

/** A scripted fault; `times` null = for ever, default once. Empty `match` = every request. */
export const FaultRule = z.strictObject({
  match: z
    .strictObject({
      model: z.string().optional(),
      contains: z.string().optional(),
      wire: z.enum(["anthropic", "responses", "chat"]).optional(),
    })
    .default({}),
  times: z.int().min(1).nullable().default(1),
  fault: Fault,
});
export type FaultRule = z.output<typeof FaultRule>;
export type FaultScript = z.input<typeof FaultRule>[];

const few = 3;

/** The number of events before the fault strikes. */
export function eventsBefore(after: true | number): number {
  return after === true ? few : after;
}

const markers =
  /\[\[fault:(\d{3}|cut|stall|error|malformed|reset|quota|delay=\d+|shape=\w+|finish=\w+)(?:x(\d+))?(?:\s[^\]]*)?\]\]/g;

/**
 * Faults in the order in which they strike: scripted ones first, then markers in the prompt such as
 * `[[fault:529x2 late parcel]]`: the first two requests that carry exactly this marker answer 529. Without a number it
 * always strikes; words after it only tell two markers apart.
 */
export class FaultBook {
  #rules: (FaultRule & { left: number })[] = [];
  readonly #markerHits = new Map<string, number>();

  script(rules: FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ ...rule, left: rule.times ?? Infinity })));
  }

  clear(): void {
    this.#rules = [];
    this.#markerHits.clear();
  }

  /** The fault for this request, used up by asking; null = none. `body` is the request as JSON text. */
  take(request: { model: string; wire: FaultRule["match"]["wire"]; body: string }): Fault | null {
    const rule = this.#rules.find(
      ({ left, match }) =>
        left > 0 &&
        (match.model === undefined || match.model === request.model) &&
        (match.wire === undefined || match.wire === request.wire) &&
        (match.contains === undefined || request.body.includes(match.contains)),
    );
    if (rule) rule.left -= 1;
    return rule?.fault ?? this.#markedFault(request.body);
  }

  #markedFault(body: string): Fault | null {
    for (const [marker, kind, times] of body.matchAll(markers)) {
      const hits = this.#markerHits.get(marker) ?? 0;
      if (times !== undefined && hits >= Number(times)) continue;
      this.#markerHits.set(marker, hits + 1);
      return faultOf(kind ?? "");
    }
    return null;
  }
}

function faultOf(kind: string): Fault {
  if (/^\d/.test(kind)) return { status: Math.max(400, Number(kind)), ...(kind === "429" ? { retryAfter: 1 } : {}) };
  if (kind.startsWith("delay=")) return { delayMs: Number(kind.slice("delay=".length)) };
  if (kind.startsWith("finish=")) return { finishReason: kind.slice("finish=".length) };
  const shape = oddShapes.find((name) => kind === `shape=${name}`);
  if (shape) return { shape };
  const byName: Record<string, Fault> = {
    quota: { status: 429, errorType: "insufficient_quota", message: "You exceeded your current quota." },
    cut: { cutAfterChunks: true },
    stall: { stallAfterChunks: 6 },
    error: { errorEvent: true },
    malformed: { malformed: true },
    reset: { reset: true },
  };
  return byName[kind] ?? { status: 500 };
}
