"use client";

import { ChevronRight, Wrench } from "lucide-react";
import { useState, type ReactNode } from "react";
import { cn } from "#/components/ui/class-names.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { ChatItem, ChatResult, ChatRole } from "./chat-messages.ts";
import { JsonTree, LongText } from "./json-view.tsx";

const roleWords: Record<ChatRole, string> = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" };

/** A conversation: who said what; calls with their results. */
export function ChatView({ items }: { items: readonly ChatItem[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {items.map((item, at) => (
        <li key={at}>
          <ChatEntry item={item} />
        </li>
      ))}
    </ol>
  );
}

export function ChatEntry({ item }: { item: ChatItem }) {
  if (item.kind === "text")
    return (
      <Said who={roleWords[item.role]} folded={item.role === "system"} preview={item.text}>
        <LongText text={item.text} className="text-base" />
      </Said>
    );
  if (item.kind === "data")
    return (
      <Said who={roleWords[item.role]}>
        <JsonTree value={item.value} label={`${roleWords[item.role]} data`} />
      </Said>
    );
  if (item.kind === "thinking")
    return (
      <Said who="Thinking" folded preview={item.text}>
        <LongText text={item.text} className="text-ink-muted" />
      </Said>
    );
  if (item.kind === "result")
    return (
      <Said who={item.result.isError ? "Tool error" : "Tool result"}>
        <Value value={item.result.output} label="Tool result" />
      </Said>
    );
  return <Call name={item.name} args={item.arguments} result={item.result} />;
}

/** A tool call with its arguments and what came back; without a name where a heading above gives it. */
export function Call({
  name,
  args,
  result,
  isHeaded,
}: {
  name: string;
  args: Json;
  result: ChatResult | null;
  isHeaded?: boolean;
}) {
  return (
    <div className="rounded-md border border-line">
      {isHeaded ? null : (
        <div className="flex items-center gap-1.5 border-b border-line px-2 py-1">
          <Wrench aria-hidden className="size-3.5 shrink-0 text-ink-subtle" />
          <span className="min-w-0 truncate font-mono text-sm">{name}</span>
        </div>
      )}
      <div className="flex flex-col gap-1.5 p-2">
        <Value value={args} label={`Arguments of ${name}`} />
        {result ? (
          <>
            <p className={cn("text-sm", result.isError ? "text-danger" : "text-ink-subtle")}>
              {result.isError ? "Failed with" : "Answered"}
            </p>
            <Value value={result.output} label={`Result of ${name}`} />
          </>
        ) : null}
      </div>
    </div>
  );
}

function Value({ value, label }: { value: Json; label: string }) {
  return typeof value === "string" ? <LongText text={value} /> : <JsonTree value={value} label={label} />;
}

/** A turn of the conversation; `folded` ones start as one line. */
function Said({
  who,
  folded,
  preview,
  children,
}: {
  who: string;
  folded?: boolean;
  preview?: string;
  children: ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(!folded);
  if (!folded)
    return (
      <div className="flex flex-col gap-0.5">
        <p className="text-sm font-medium text-ink-muted">{who}</p>
        {children}
      </div>
    );
  return (
    <div className="flex flex-col gap-0.5">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex min-h-6 max-w-full items-center gap-1 rounded-sm text-left text-sm hover:bg-hover"
      >
        <ChevronRight aria-hidden className={cn("size-3 shrink-0 text-ink-subtle", isOpen && "rotate-90")} />
        <span className="shrink-0 font-medium text-ink-muted">{who}</span>
        {isOpen ? null : <span className="truncate text-ink-subtle">{preview?.slice(0, 160)}</span>}
      </button>
      {isOpen ? <div className="pl-4">{children}</div> : null}
    </div>
  );
}
