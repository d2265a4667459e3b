import { shortId } from "#/components/ui/format.ts";

/** Who did or made something: the name if it is known, else the id; null is the system. */
export function ActorName({ id, names }: { id: string | null; names: Record<string, string> }) {
  if (id === null || id === "") return <span className="text-ink-muted">system</span>;
  const name = Object.hasOwn(names, id) ? names[id] : undefined;
  if (name) return <span title={id}>{name}</span>;
  return (
    <span title={id} className="font-mono text-sm">
      {shortId(id)}
    </span>
  );
}
