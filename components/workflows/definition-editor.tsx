"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useCallback, useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "sonner";
import { definitionDraft, tracePath } from "#/components/runs/run-links.ts";
import { presetAddress } from "#/components/replay/replay-address.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { dropDraft, keepField, keptField } from "#/components/ui/draft-store.ts";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import type { CodeEditorHandle, CodeMark } from "./code-editor.tsx";
import { cursorPlace } from "./cursor-place.ts";
import { completionsAt, type WorkspaceNames } from "./definition-completion.ts";
import { faultRange, nodePlace, readDocument } from "./definition-document.ts";
import { Problems } from "./problems.tsx";
import { PushVersionDialog, type PushAction } from "./push-version-dialog.tsx";
import { useValidation } from "./use-validation.ts";

const CodeEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

/** The run that the correction is for: its replay dialog opens once the version is pushed. */
type CorrectedRun = { id: string; error: RunError | null; nodeId: string | null; fromNodeId: string | null };

type Props = {
  workspaceSlug: string;
  slug: string;
  /** The version whose text is edited; null for a workflow that has none. */
  base: { version: number; text: string } | null;
  /** A version that was asked for and does not exist. */
  missing: number | null;
  latest: number | null;
  schema: JsonObject;
  names: WorkspaceNames;
  run: CorrectedRun | null;
  push: PushAction;
};

const skeletonOf = (slug: string) =>
  `name: ${slug}\nnodes:\n  - id: first\n    type: transform\n    value: "{{ trigger }}"\noutput: "{{ nodes.first.output }}"\n`;

/**
 * A workflow's definition as text: completed from its schema, checked by what checks a push, compared with the latest
 * version, pushed as a new one. What is written stays in this tab until it is pushed or discarded.
 */
export function DefinitionEditor(props: Props) {
  // A draft is known to the browser only, so the server makes what stands for the editor while that is loaded.
  const isInBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  if (isInBrowser) return <Editor {...props} />;
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title={`Edit ${props.slug}`} />
      <EditorSkeleton />
    </div>
  );
}

function Editor(props: Props) {
  const { workspaceSlug, slug, base, latest, run } = props;
  const router = useRouter();
  const draft = definitionDraft(workspaceSlug, slug, base?.version ?? 0);
  const original = base?.text ?? skeletonOf(slug);
  const [restored] = useState(() => keptField(draft, "text"));
  const [text, setText] = useState(typeof restored === "string" ? restored : original);
  const [isPushing, setPushing] = useState(false);
  const editor = useRef<CodeEditorHandle>(null);
  const hintId = useId();
  const validation = useValidation(workspaceSlug, slug, text);
  const isCurrent = validation?.of === text;
  const answer = validation?.answer ?? null;
  const marks = useMemo(() => marksOf(validation?.of ?? "", answer), [validation?.of, answer]);
  const change = useCallback(
    (next: string) => {
      setText(next);
      if (next === original) dropDraft(draft);
      else keepField(draft, "text", next, false);
    },
    [draft, original],
  );
  const discard = () => {
    editor.current?.replace(original);
    dropDraft(draft);
  };
  const leaveWith = (version: number) => {
    dropDraft(draft);
    if (!run) return router.push(`/${workspaceSlug}/workflows/${slug}?version=${version}`);
    const fromNodeId = run.fromNodeId ?? "";
    const isThere = fromNodeId !== "" && nodePlace(readDocument(text), topOf(fromNodeId)) !== null;
    const preset = { targetVersion: version, ...(isThere ? { fromNodeId } : {}) };
    return router.push(presetAddress(tracePath(workspaceSlug, run.id), preset));
  };
  const complete = useCallback(
    (written: string, offset: number) => {
      const place = cursorPlace(written, offset);
      return place && completionsAt(place, props.schema, props.names);
    },
    [props.schema, props.names],
  );
  const why = notPushable(answer, isCurrent, validation?.error ?? null);
  useShortcuts([
    {
      keys: "mod+s",
      label: "Review the changes and push",
      run: () => (why === null ? setPushing(true) : toast.warning("Not ready to push", { description: why })),
      inFields: true,
    },
  ]);

  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title={`Edit ${slug}`}
        actions={
          <>
            <Button disabledReason={text === original ? "Nothing was changed." : null} onClick={discard}>
              Discard changes
            </Button>
            <Button variant="primary" keys="mod+s" disabledReason={why} onClick={() => setPushing(true)}>
              Review and push
            </Button>
          </>
        }
      >
        {base === null ? "The first version" : `Starts from version ${base.version}`}
        {base !== null && latest !== null && latest !== base.version ? `; the latest is version ${latest}` : ""}. Pushed
        as a new version; versions never change.
      </PageHeader>
      <div className="flex shrink-0 flex-col gap-2 px-3 pt-3 empty:hidden md:px-4">
        {props.missing === null ? null : (
          <Callout kind="warning">
            Version {props.missing} does not exist or was deleted. This is the newest one.
          </Callout>
        )}
        {typeof restored === "string" && text !== original ? (
          <Callout>Your draft is restored. Discard the changes to start from the version again.</Callout>
        ) : null}
        {run ? <CorrectedRunNote run={run} onShow={() => reveal(text, run, editor.current)} /> : null}
      </div>
      <div className="flex min-h-0 grow flex-col gap-3 p-3 md:p-4 lg:flex-row">
        <div className="flex h-[60dvh] min-h-80 min-w-0 flex-col overflow-hidden rounded-md border border-line-strong outline-offset-1 outline-focus focus-within:outline-2 lg:h-auto lg:grow">
          <Suspense fallback={<EditorSkeleton />}>
            <Ready onReady={() => run && reveal(text, run, editor.current)}>
              <CodeEditor
                ref={editor}
                initial={text}
                label="Definition as YAML or JSON"
                describedBy={hintId}
                marks={marks}
                complete={complete}
                onChange={change}
              />
            </Ready>
          </Suspense>
          <p id={hintId} className="border-t border-line px-3 py-1 text-sm text-ink-muted">
            Tab indents. Press Escape, then Tab to leave the editor. Ctrl+Space suggests. Comments are not stored.
          </p>
        </div>
        <Problems
          isChecking={!isCurrent}
          error={isCurrent ? (validation?.error ?? null) : null}
          answer={answer}
          marks={marks}
          text={validation?.of ?? ""}
          onShow={(range) => editor.current?.reveal(range)}
        />
      </div>
      <PushVersionDialog
        open={isPushing}
        onOpenChange={setPushing}
        workspaceSlug={workspaceSlug}
        slug={slug}
        text={text}
        replays={run !== null}
        push={props.push}
        onPushed={leaveWith}
      />
    </div>
  );
}

function CorrectedRunNote({ run, onShow }: { run: CorrectedRun; onShow: () => void }) {
  const then = run.fromNodeId ? `from ${run.fromNodeId}` : "on the new version";
  return (
    <Callout
      kind="info"
      title={run.nodeId ? `Correct ${run.nodeId}` : "Correct this workflow"}
      action={
        run.nodeId ? (
          <Button size="sm" onClick={onShow}>
            Go to {run.nodeId}
          </Button>
        ) : undefined
      }
    >
      {run.error ? <p className="line-clamp-3 break-words whitespace-pre-wrap">{run.error.message}</p> : null}
      <p className="text-sm text-ink-muted">After the push you can replay the run {then}.</p>
    </Callout>
  );
}

/** Tells once that what is inside has been put into the page. */
function Ready({ onReady, children }: { onReady: () => void; children: React.ReactNode }) {
  useEffect(() => {
    onReady();
    // oxlint-disable-next-line react/exhaustive-deps -- once
  }, []);
  return children;
}

function EditorSkeleton() {
  return (
    <div aria-label="Loading the editor" role="status" className="flex grow flex-col gap-2 p-3">
      {["w-1/3", "w-1/2", "w-2/5", "w-2/3", "w-1/2"].map((width, at) => (
        <Skeleton key={`${width} ${at}`} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}

function reveal(text: string, run: CorrectedRun, editor: CodeEditorHandle | null): void {
  const place = run.nodeId === null ? null : nodePlace(readDocument(text), run.nodeId);
  if (place) editor?.reveal(place);
}

/** A step's path begins with a node of the version's first level. */
function topOf(path: string): string {
  return /^[^/.[]*/.exec(path)?.[0] ?? path;
}

/** Faults first, each where it is in the text that was checked. */
function marksOf(text: string, answer: Parameters<typeof notPushable>[0]): CodeMark[] {
  if (!answer || answer.faults.length + answer.warnings.length === 0) return [];
  const document = readDocument(text);
  const placed = (severity: CodeMark["severity"]) => (fault: { path: string; message: string }) => ({
    ...faultRange(document, text, fault),
    ...{ severity, message: fault.message },
  });
  return [...answer.faults.map(placed("error")), ...answer.warnings.map(placed("warning"))];
}

/** Why the text cannot be pushed as it stands. */
function notPushable(
  answer: NonNullable<ReturnType<typeof useValidation>>["answer"],
  isCurrent: boolean,
  error: string | null,
): string | null {
  if (!isCurrent) return "The definition is being checked…";
  if (!answer) return error ?? "The definition could not be checked.";
  const count = answer.faults.length;
  if (count > 0) return count === 1 ? "Fix the problem first." : `Fix the ${count} problems first.`;
  return null;
}
