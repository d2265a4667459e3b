import type { JsonObject } from "#/lib/contract/json.ts";
import { demoTicket } from "#/lib/demo/content/load-content.ts";

export type TicketChange = {
  /** Another customer address, to tell this ticket's notifications from all others. */
  email?: string;
  /** A fault marker for the offline provider, e.g. `[[fault:delay=300]]`; see lib/demo/provider/faults.ts. */
  note?: string;
};

/** A trigger payload of the demo's `support-refund`, from examples/tickets. */
export function ticketPayload(name: string, change: TicketChange = {}): JsonObject {
  const payload = demoTicket(name);
  const ticket = payload["ticket"] as JsonObject;
  const customer = ticket["customer"] as JsonObject;
  return {
    ...payload,
    ticket: {
      ...ticket,
      ...(change.note === undefined ? {} : { note: change.note }),
      customer: { ...customer, ...(change.email === undefined ? {} : { email: change.email }) },
    },
  };
}

/** A fault marker that no other test shares: the provider counts the strikes of each marker's exact text. */
export function faultNote(fault: string): string {
  return `[[fault:${fault} ${Math.random().toString(36).slice(2)}]]`;
}
