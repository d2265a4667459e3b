"use client";

import { ChevronRight } from "lucide-react";
import { memo, useMemo, useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { Json } from "#/lib/contract/json.ts";
import { jsonNodes, jsonText, longText, previewOf, type JsonNode } from "./json-nodes.ts";

const rawCut = 200_000;

/** A value as a tree that opens on demand, or as text; with copy. `label` names it ("Input"). */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const [face, setFace] = useState<"tree" | "raw">("tree");
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-center gap-1">
        <FaceButton isOn={face === "tree"} onClick={() => setFace("tree")}>
          Tree
        </FaceButton>
        <FaceButton isOn={face === "raw"} onClick={() => setFace("raw")}>
          Raw
        </FaceButton>
        <span className="grow" />
        <CopyJson value={value} label={`Copy ${label.toLowerCase()}`} />
      </div>
      {face === "tree" ? <JsonTree value={value} label={label} /> : <RawJson value={value} />}
    </div>
  );
}

function FaceButton({ isOn, ...props }: { isOn: boolean; onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      {...props}
      aria-pressed={isOn}
      className="h-6 rounded-sm px-1.5 text-sm text-ink-muted hover:bg-hover aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink"
    />
  );
}

/** The text is made only when needed: copying is rare, payloads are large. */
function CopyJson({ value, label }: { value: Json; label: string }) {
  const lazy = useMemo(
    () => ({
      get text() {
        return typeof value === "string" ? value : jsonText(value);
      },
    }),
    [value],
  );
  return <LazyCopy source={lazy} label={label} />;
}

function LazyCopy({ source, label }: { source: { readonly text: string }; label: string }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <span onPointerEnter={() => setText(source.text)} onFocus={() => setText(source.text)}>
      <CopyButton value={text ?? ""} label={label} />
    </span>
  );
}

function RawJson({ value }: { value: Json }) {
  const [isWhole, setIsWhole] = useState(false);
  const text = useMemo(() => (typeof value === "string" ? value : jsonText(value)), [value]);
  const isCut = text.length > rawCut && !isWhole;
  return (
    <>
      <pre className="overflow-x-auto font-mono text-sm whitespace-pre-wrap break-words text-ink">
        {isCut ? text.slice(0, rawCut) : text}
      </pre>
      {isCut ? (
        <Button size="sm" onClick={() => setIsWhole(true)}>
          Show all {formatCount(text.length)} characters
        </Button>
      ) : null}
    </>
  );
}

/** Only what is open is rendered; a value of megabytes costs only what is visible. */
export function JsonTree({ value, label }: { value: Json; label: string }) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(() => new Set());
  const nodes = useMemo(() => jsonNodes(value, toggled), [value, toggled]);
  const toggle = (path: string) =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <div aria-label={label} role="group" className="overflow-x-auto font-mono text-sm">
      {nodes.map((node) => (
        <JsonLine key={node.path} node={node} toggle={toggle} />
      ))}
    </div>
  );
}

const JsonLine = memo(
  function JsonLine({ node, toggle }: { node: JsonNode; toggle: (path: string) => void }) {
    const indent = { paddingLeft: `${Math.min(node.depth, 24) * 14}px` };
    if (node.kind === "leaf" || node.entries === 0)
      return (
        <div style={indent} className="flex items-start py-px">
          <span aria-hidden className="w-4 shrink-0" />
          <Label node={node} />
          {node.kind === "leaf" ? (
            <Leaf value={node.value} />
          ) : (
            <span className="text-ink-subtle">{previewOf(node)}</span>
          )}
        </div>
      );
    return (
      <div style={indent}>
        <button
          type="button"
          aria-expanded={node.isOpen}
          onClick={() => toggle(node.path)}
          className="flex min-h-6 max-w-full items-start rounded-sm py-[3px] text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={cn("mt-[3px] mr-1 size-3 shrink-0 text-ink-subtle", node.isOpen && "rotate-90")}
          />
          <Label node={node} />
          <span className="truncate text-ink-subtle">
            {node.isOpen ? (node.kind === "array" ? "[" : node.kind === "object" ? "{" : "") : previewOf(node)}
          </span>
        </button>
      </div>
    );
  },
  (before, after) =>
    before.node.value === after.node.value &&
    before.node.isOpen === after.node.isOpen &&
    before.node.path === after.node.path,
);

function Label({ node }: { node: JsonNode }) {
  if (node.label === null) return null;
  return (
    <span className={cn("mr-1.5 shrink-0", node.kind === "range" ? "text-ink-subtle" : "text-ink-muted")}>
      {node.kind === "range" ? node.label : `${node.label}:`}
    </span>
  );
}

function Leaf({ value }: { value: Json }) {
  if (typeof value === "string") return <LongText text={value} quoted />;
  if (value === null) return <span className="text-ink-subtle">null</span>;
  return <span className={typeof value === "boolean" ? "text-accent" : "tabular text-ink"}>{String(value)}</span>;
}

/** Text that starts truncated when it is long. */
export function LongText({ text, quoted, className }: { text: string; quoted?: boolean; className?: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const isCut = text.length > longText && !isWhole;
  const shown = isCut ? text.slice(0, longText) : text;
  return (
    <span className={cn("min-w-0 whitespace-pre-wrap break-words text-ink", className)}>
      {quoted ? JSON.stringify(shown).replaceAll("\\n", "\n").replaceAll('\\"', '"') : shown}
      {isCut ? (
        <>
          …{" "}
          <button
            type="button"
            className="rounded-sm font-sans text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
            onClick={() => setIsWhole(true)}
          >
            show all {formatCount(text.length)} characters
          </button>
        </>
      ) : null}
    </span>
  );
}
