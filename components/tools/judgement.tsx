import { Badge } from "#/components/ui/badge.tsx";

/** Whether calls may change something, and why it is judged so. */
export function Judgement({ mutating, why }: { mutating: boolean; why: string }) {
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Badge tone={mutating ? "live" : "success"}>{mutating ? "mutating" : "read-only"}</Badge>
      <span className="text-sm text-ink-muted">{why}</span>
    </span>
  );
}
