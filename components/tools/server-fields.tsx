"use client";

import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage, type Refusal } from "#/components/shell/refusal.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { HeaderField } from "./header-field.tsx";
import { parseHeaderLines } from "./header-lines.ts";

/** Where a server is and what headers are sent to it, as the form holds them. */
export type ServerDraft = { url: string; lines: string };

/** The draft of a server, starting from its present address. Headers are secrets. */
export function useServerDraft(present: string): [ServerDraft, (draft: ServerDraft) => void] {
  const [url, setUrl] = useDraft("url", present);
  const [lines, setLines] = useDraft("headers", "", { isSecret: true });
  return [
    { url, lines },
    (draft) => {
      setUrl(draft.url);
      setLines(draft.lines);
    },
  ];
}

/** The headers of a draft, and what is wrong with them. Pure. */
export function headersOf({ lines }: ServerDraft): { headers: Record<string, string> | null; fault: string | null } {
  const parsed = parseHeaderLines(lines);
  if ("fault" in parsed) return { headers: null, fault: parsed.fault };
  return { headers: lines.trim() === "" ? null : parsed.headers, fault: null };
}

/** Address and secret headers of a server; `at` is where in the action's input they stand (`change.`). */
export function ServerFields({
  draft,
  onDraft,
  oldHeaders,
  refusal,
  at = "",
}: {
  draft: ServerDraft;
  onDraft: (draft: ServerDraft) => void;
  /** Names of headers that are stored already. */
  oldHeaders: string[];
  refusal: Refusal | null;
  at?: string;
}) {
  // A refusal by the form names a field by its place in the form, one by the verb by its place in the API's body.
  const errorOf = (field: string) => fieldMessage(refusal, `${at}${field}`) ?? fieldMessage(refusal, field);
  return (
    <>
      <TextField
        label="Address"
        mono
        type="url"
        placeholder="https://mcp.example.com/mcp"
        maxLength={2048}
        value={draft.url}
        onText={(url) => onDraft({ ...draft, url })}
        error={errorOf("url")}
      />
      <HeaderField
        placeholder="Authorization: Bearer …"
        value={draft.lines}
        onText={(lines) => onDraft({ ...draft, lines })}
        hint={
          oldHeaders.length > 0
            ? `Replaces ${oldHeaders.join(", ")}; the current values are not shown.`
            : "Sent with every request; stored encrypted, never shown again."
        }
        error={headersOf(draft).fault ?? errorOf("headers")}
      />
      <RefusalCallout refusal={refusal} shown={["name", "url", "headers", `${at}url`, `${at}headers`]} />
    </>
  );
}
