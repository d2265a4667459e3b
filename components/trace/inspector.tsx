"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#/components/ui/button.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#/components/ui/tabs.tsx";
import type { Json } from "#/lib/contract/json.ts";
import type { Run, SpanDetail } from "#/lib/contract/run.ts";
import type { StepFix } from "./fix-actions.tsx";
import { EventLog } from "./event-log.tsx";
import { chatOf, hasMessages, pairResults } from "./chat-messages.ts";
import { ChatView } from "./chat-view.tsx";
import { inspectorTabNames, inspectorTabs, type InspectorTab } from "./inspector-tabs.ts";
import { JsonView } from "./json-view.tsx";
import { KindIcon } from "./kind-sprite.tsx";
import { RunOverview } from "./run-overview.tsx";
import { LogList, type ReplayFromSpan } from "./log-list.tsx";
import { SpanAttempts } from "./span-attempts.tsx";
import { SpanMenu, type ReplayFrom } from "./span-menu.tsx";
import { SpanPrompt } from "./span-prompt.tsx";
import type { SpanQueryOf } from "#/components/data/run-reads.ts";
import { absentWords, SpanOverview } from "./span-overview.tsx";
import { kindAt, rowName, rowOfId, type TraceColumns } from "./trace-columns.ts";
import type { SpanDetailState } from "./use-span-detail.ts";

export type { ReplayFrom };

/** Everything about the selected span; with none selected, about the run. Its bodies were loaded on selection. */
export function Inspector({
  run,
  trace,
  row,
  state,
  tab,
  spanOf,
  workspaceSlug,
  onTab,
  onSelect,
  onClose,
  replayFromRow,
  fix,
}: {
  run: Run;
  trace: TraceColumns | null;
  row: number;
  state: SpanDetailState;
  tab: InspectorTab;
  spanOf: SpanQueryOf;
  workspaceSlug: string;
  onTab: (tab: InspectorTab) => void;
  onSelect: (row: number) => void;
  onClose: () => void;
  replayFromRow: (row: number) => ReplayFrom;
  fix: StepFix;
}) {
  const replayFromSpan = (spanId: string) => replayFromRow(trace ? rowOfId(trace, spanId) : -1);
  const jump = (spanId: string) => {
    const target = trace ? rowOfId(trace, spanId) : -1;
    if (target >= 0) onSelect(target);
  };
  if (state.kind === "none" || !trace || row < 0)
    return (
      <Pane title="Run" onClose={onClose}>
        <RunTabs
          run={run}
          tab={tab}
          workspaceSlug={workspaceSlug}
          onTab={onTab}
          onJump={jump}
          replayFromSpan={replayFromSpan}
        />
      </Pane>
    );
  const title = (
    <span className="flex min-w-0 items-center gap-1.5">
      <KindIcon kind={kindAt(trace, row)} />
      <span className="truncate">{rowName(trace, row).name}</span>
      <span className="min-w-0 shrink-[1000] truncate font-mono text-xs font-normal text-ink-subtle">
        {rowName(trace, row).called}
      </span>
    </span>
  );
  return (
    <Pane
      title={title}
      menu={<SpanMenu spanId={state.id} runId={run.id} workspaceSlug={workspaceSlug} replayFrom={replayFromRow(row)} />}
      onClose={onClose}
    >
      {state.kind === "loading" ? <LoadingBody /> : null}
      {state.kind === "failed" ? (
        <ErrorState
          title="This span could not be read"
          reference={state.error.requestId ?? undefined}
          action={<Button onClick={state.retry}>Try again</Button>}
        >
          {state.error.message}
        </ErrorState>
      ) : null}
      {state.kind === "ready" ? (
        <SpanTabs
          key={state.id}
          run={run}
          trace={trace}
          row={row}
          detail={state.detail}
          tab={tab}
          spanOf={spanOf}
          workspaceSlug={workspaceSlug}
          fix={fix}
          onTab={onTab}
          onSelect={onSelect}
          replayFromSpan={replayFromSpan}
        />
      ) : null}
    </Pane>
  );
}

function SpanTabs({
  run,
  trace,
  row,
  detail,
  tab,
  spanOf,
  workspaceSlug,
  fix,
  onTab,
  onSelect,
  replayFromSpan,
}: {
  run: Run;
  trace: TraceColumns;
  row: number;
  detail: SpanDetail;
  tab: InspectorTab;
  spanOf: SpanQueryOf;
  workspaceSlug: string;
  fix: StepFix;
  onTab: (tab: InspectorTab) => void;
  onSelect: (row: number) => void;
  replayFromSpan: ReplayFromSpan;
}) {
  const tabs = inspectorTabs.filter(
    (name) => (name !== "messages" || hasMessages(detail)) && (name !== "prompt" || detail.promptHash !== null),
  );
  const shown = tabs.includes(tab) ? tab : "overview";
  return (
    <Tabs value={shown} onValueChange={(next) => onTab(next as InspectorTab)} className="flex min-h-0 grow flex-col">
      <TabsList aria-label="About this span">
        {tabs.map((name) => (
          <TabsTrigger key={name} value={name}>
            {inspectorTabNames[name]}
          </TabsTrigger>
        ))}
      </TabsList>
      <TabsContent value={shown} className="flex grow flex-col overflow-y-auto p-3">
        {shown === "overview" ? <SpanOverview detail={detail} workspaceSlug={workspaceSlug} fix={fix} /> : null}
        {shown === "messages" ? <Messages detail={detail} /> : null}
        {shown === "input" ? (
          <Body value={detail.input} label="Input" absent={absentWords(detail, "No input was recorded.")} />
        ) : null}
        {shown === "output" ? (
          <Body
            value={detail.output}
            label="Output"
            absent={absentWords(detail, detail.finishedAt ? "No output." : "No output yet.")}
          />
        ) : null}
        {shown === "prompt" && detail.promptHash !== null ? (
          <SpanPrompt run={run} contentHash={detail.promptHash} workspaceSlug={workspaceSlug} />
        ) : null}
        {shown === "logs" ? (
          <LogList run={run} workspaceSlug={workspaceSlug} spanId={detail.id} replayFromSpan={replayFromSpan} />
        ) : null}
        {shown === "events" ? <EventLog run={run} workspaceSlug={workspaceSlug} spanId={detail.id} /> : null}
        {shown === "attempts" ? (
          <SpanAttempts trace={trace} row={row} detail={detail} spanOf={spanOf} onSelect={onSelect} />
        ) : null}
        {shown === "attributes" ? (
          Object.keys(detail.attributes).length === 0 ? (
            <p className="text-ink-subtle">No attributes.</p>
          ) : (
            <JsonView value={detail.attributes} label="Attributes" />
          )
        ) : null}
      </TabsContent>
    </Tabs>
  );
}

const runTabs = ["overview", "logs", "events"] as const;

/** The run itself, while no span is selected. */
function RunTabs({
  run,
  tab,
  workspaceSlug,
  onTab,
  onJump,
  replayFromSpan,
}: {
  run: Run;
  tab: InspectorTab;
  workspaceSlug: string;
  onTab: (tab: InspectorTab) => void;
  onJump: (spanId: string) => void;
  replayFromSpan: ReplayFromSpan;
}) {
  const shown = runTabs.find((name) => name === tab) ?? "overview";
  return (
    <Tabs value={shown} onValueChange={(next) => onTab(next as InspectorTab)} className="flex min-h-0 grow flex-col">
      <TabsList aria-label="About this run">
        {runTabs.map((name) => (
          <TabsTrigger key={name} value={name}>
            {inspectorTabNames[name]}
          </TabsTrigger>
        ))}
      </TabsList>
      <TabsContent value={shown} className="flex grow flex-col overflow-y-auto p-3">
        {shown === "overview" ? <RunOverview workspaceSlug={workspaceSlug} run={run} /> : null}
        {shown === "logs" ? (
          <LogList run={run} workspaceSlug={workspaceSlug} onJump={onJump} replayFromSpan={replayFromSpan} />
        ) : null}
        {shown === "events" ? <EventLog run={run} workspaceSlug={workspaceSlug} onJump={onJump} /> : null}
      </TabsContent>
    </Tabs>
  );
}

function Messages({ detail }: { detail: SpanDetail }) {
  const chat = chatOf(detail);
  const items = pairResults([...chat.seen, ...chat.said]);
  if (items.length === 0) return <p className="text-ink-subtle">{absentWords(detail, "No messages were recorded.")}</p>;
  return <ChatView items={items} />;
}

function Body({ value, label, absent }: { value: Json; label: string; absent: string }) {
  if (value === null) return <p className="text-ink-subtle">{absent}</p>;
  return <JsonView value={value} label={label} />;
}

function Pane({
  title,
  menu,
  onClose,
  children,
}: {
  title: ReactNode;
  menu?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <section aria-label="Inspector" data-own-arrows className="flex h-full min-h-0 min-w-0 flex-col bg-canvas">
      <header className="flex h-9 shrink-0 items-center gap-2 border-b border-line pr-1 pl-3">
        <h2 className="min-w-0 grow font-medium">{title}</h2>
        {menu}
        <IconButton label="Close inspector" keys="escape" icon={<X aria-hidden />} onClick={onClose} />
      </header>
      {children}
    </section>
  );
}

function LoadingBody() {
  return (
    <div role="status" aria-label="Loading the span" className="flex flex-col gap-3 p-3">
      <Skeleton className="w-2/5" />
      <Skeleton className="w-4/5" />
      <Skeleton className="w-3/5" />
      <Skeleton className="w-4/5" />
    </div>
  );
}
