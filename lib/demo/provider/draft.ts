import type { Ask, OfferedTool, ToolUse } from "./ask.ts";
import type { Order, Ticket } from "./facts.ts";
import type { Voice } from "./model-voice.ts";
import type { Random } from "./random.ts";
import type { RefundRules } from "./refund-rules.ts";
import type { Hints } from "./schema-instance.ts";
import type { Reading } from "./ticket-reading.ts";

/** What to say: `hints` fill a structured answer, `text` is the free one; `calls` ask for tools instead. */
export type Draft = { text: string; hints: Hints; calls: { tool: OfferedTool; hints: Hints }[] };

/** One support case as the model sees it. */
export type Case = {
  ask: Ask;
  ticket: Ticket;
  order: Order | null;
  reading: Reading;
  rules: RefundRules;
  voice: Voice;
  random: Random;
  uses: ToolUse[];
};
