import {
  Bot,
  Braces,
  CircleDot,
  GitFork,
  Hourglass,
  ListTree,
  MessageSquareText,
  PlugZap,
  RotateCw,
  Sparkles,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import { cn } from "#/components/ui/class-names.ts";
import { spanKinds, type SpanKind } from "#/lib/contract/status.ts";
import { kindSymbolId } from "./row-element.ts";

const icons: Record<SpanKind, LucideIcon> = {
  model: Sparkles,
  agent: Bot,
  tool: Wrench,
  transform: Braces,
  workflow: GitFork,
  map: ListTree,
  wait: Hourglass,
  attempt: RotateCw,
  model_call: MessageSquareText,
  tool_call: PlugZap,
  item: CircleDot,
};

/** The icons of all span kinds, drawn once; rows refer to them by id. */
export function KindSprite() {
  return (
    <svg aria-hidden className="absolute size-0 overflow-hidden">
      {spanKinds.map((kind) => {
        const Icon = icons[kind];
        return (
          <symbol key={kind} id={kindSymbolId(kind)} viewBox="0 0 24 24">
            <Icon />
          </symbol>
        );
      })}
    </svg>
  );
}

export function KindIcon({ kind, className }: { kind: SpanKind; className?: string }) {
  const Icon = icons[kind];
  return <Icon aria-hidden className={cn("size-3.5 shrink-0 text-ink-subtle", className)} />;
}
