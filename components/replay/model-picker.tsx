"use client";

import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { Dialog, DialogContent, DialogTrigger } from "#/components/ui/dialog.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";
import { formatCost } from "#/components/ui/format.ts";
import { Input } from "#/components/ui/input.tsx";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import type { ModelView } from "#/lib/contract/model.ts";
import { modelsQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";

/** Picks a model of the catalogue: its id and ref together. Those that may not be called say why. */
export function ModelPicker({
  workspaceSlug,
  usedRefs,
  onPick,
}: {
  workspaceSlug: string;
  /** Models that the run called. */
  usedRefs: readonly string[];
  onPick: (model: { id: string; ref: string }) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button size="sm">Pick a model</Button>
      </DialogTrigger>
      {isOpen ? (
        <DialogContent
          title="Pick a model"
          description="The catalogue of this workspace. Your choice fills both fields."
          onKeyDown={(event) => event.stopPropagation()}
        >
          <Models
            workspaceSlug={workspaceSlug}
            usedRefs={usedRefs}
            onPick={(model) => {
              onPick(model);
              setOpen(false);
            }}
          />
        </DialogContent>
      ) : null}
    </Dialog>
  );
}

/** Models whose name, id or ref contains the text; those that may be called first. */
export function filterModels(models: readonly ModelView[], text: string): ModelView[] {
  const needle = text.trim().toLowerCase();
  return models
    .filter(({ name, ref }) => name.toLowerCase().includes(needle) || ref.toLowerCase().includes(needle))
    .toSorted((a, b) => Number(b.allowed) - Number(a.allowed));
}

function Models({
  workspaceSlug,
  usedRefs,
  onPick,
}: {
  workspaceSlug: string;
  usedRefs: readonly string[];
  onPick: (model: ModelView) => void;
}) {
  const models = useRead(modelsQuery(workspaceSlug));
  const [text, setText] = useState("");
  if (models.error !== null)
    return (
      <ErrorState title="The catalogue could not be read" action={<Button onClick={models.retry}>Try again</Button>}>
        {models.error}
      </ErrorState>
    );
  const shown = filterModels(models.data ?? [], text);
  return (
    <div className="flex flex-col gap-2 pt-1">
      <Input
        type="search"
        aria-label="Filter models"
        placeholder="Filter models"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {models.isLoading ? (
        <div role="status" aria-label="Loading the models" className="flex flex-col gap-3 py-2">
          <Skeleton className="w-3/5" />
          <Skeleton className="w-2/5" />
        </div>
      ) : shown.length === 0 ? (
        <p className="py-2 text-ink-muted">No model matches the filter.</p>
      ) : (
        <ul aria-label="Models" className="flex max-h-[50dvh] flex-col overflow-y-auto rounded-md border border-line">
          {shown.map((model) => (
            <li key={model.ref} className="border-b border-line last:border-0">
              <ModelRow model={model} isUsed={usedRefs.includes(model.ref)} onPick={onPick} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ModelRow({
  model,
  isUsed,
  onPick,
}: {
  model: ModelView;
  isUsed: boolean;
  onPick: (model: ModelView) => void;
}) {
  return (
    <button
      type="button"
      aria-disabled={model.allowed ? undefined : true}
      onClick={() => model.allowed && onPick(model)}
      className={cn(
        "flex w-full flex-col px-3 py-1.5 text-left focus-visible:-outline-offset-2",
        model.allowed ? "hover:bg-hover" : "cursor-not-allowed",
      )}
    >
      <span className="flex w-full flex-wrap items-baseline gap-x-2">
        <span className={model.allowed ? "font-medium" : "text-ink-subtle"}>{model.name}</span>
        <span className="min-w-0 truncate font-mono text-sm text-ink-subtle">{model.ref}</span>
        {isUsed ? <span className="text-sm text-accent">used by this run</span> : null}
        <span className="tabular ml-auto text-sm text-ink-subtle">{priceText(model)}</span>
      </span>
      {model.allowed ? null : (
        <span className="text-sm text-warning">{model.notAllowedBecause ?? "Not allowed in this workspace."}</span>
      )}
    </button>
  );
}

function priceText({ price }: ModelView): string {
  if (price === null || price.input === null || price.output === null) return "price unknown";
  return `${formatCost(price.input)} in, ${formatCost(price.output)} out per million`;
}
