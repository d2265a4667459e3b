import type { AuditEventView } from "#/lib/contract/administration.ts";

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const columns = ["createdAt", "action", "actorKind", "actorId", "target", "requestId", "id", "details"] as const;

/** How a file begins, continues (`isFirst` for the first event) and ends. JSON is one array. Pure. */
export const exportText: Record<
  ExportFormat,
  { type: string; start: string; events: (events: AuditEventView[], isFirst: boolean) => string; end: string }
> = {
  csv: {
    type: "text/csv; charset=utf-8",
    start: `${columns.join(",")}\r\n`,
    events: (events) => events.map((event) => `${cellsOf(event).map(csvCell).join(",")}\r\n`).join(""),
    end: "",
  },
  json: {
    type: "application/json; charset=utf-8",
    start: "[",
    events: (events, isFirst) =>
      events.map((event, index) => `${isFirst && index === 0 ? "\n" : ",\n"}${JSON.stringify(event)}`).join(""),
    end: "\n]\n",
  },
};

function cellsOf(event: AuditEventView): string[] {
  const { createdAt, action, actor, target, requestId, id, details } = event;
  return [createdAt, action, actor.kind, actor.id ?? "", target ?? "", requestId ?? "", id, JSON.stringify(details)];
}

/** A cell as RFC 4180 has it; an apostrophe defuses text that a spreadsheet would take for a formula. Pure. */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
