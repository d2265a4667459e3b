import { Callout } from "#/components/ui/callout.tsx";
import type { Refusal } from "./refusal.ts";

/** Why nothing was done; `shown` are fields that show it themselves. */
export function RefusalCallout({ refusal, shown = [] }: { refusal: Refusal | null; shown?: readonly string[] }) {
  if (!refusal) return null;
  const fields = refusal.fields.filter(({ path }) => !shown.includes(path.replace(/^body\./, "")));
  return (
    <Callout kind="danger" title={refusal.message}>
      {fields.length > 0 ? (
        <ul className="mt-1">
          {fields.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code className="font-mono text-sm">{path.replace(/^body\./, "")}</code>: {message}
            </li>
          ))}
        </ul>
      ) : null}
      {refusal.requestId ? <p className="font-mono text-sm">Reference {refusal.requestId}</p> : null}
    </Callout>
  );
}
