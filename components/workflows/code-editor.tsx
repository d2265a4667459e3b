"use client";

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { pageNonce } from "#/components/ui/page-nonce.ts";
import { codeTheme } from "./code-theme.ts";
import type { Completions } from "./definition-completion.ts";
import type { TextRange } from "./definition-document.ts";

export type CodeMark = TextRange & { severity: "error" | "warning"; message: string };
export type CodeEditorHandle = {
  /** Shows a place and puts the cursor there. */
  reveal: (range: TextRange) => void;
  replace: (text: string) => void;
};

/** A text in YAML (or JSON, which is a part of it). Tab indents; Escape, then Tab leaves it. `label` names it. */
export function CodeEditor({
  ref,
  initial,
  label,
  describedBy,
  marks,
  complete,
  onChange,
}: {
  ref: Ref<CodeEditorHandle>;
  /** The text at the start; later ones come by `replace`. */
  initial: string;
  label: string;
  describedBy: string;
  marks: readonly CodeMark[];
  complete: (text: string, offset: number) => Completions | null;
  onChange: (text: string) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ complete, onChange });
  useEffect(() => {
    latest.current = { complete, onChange };
  });
  useEffect(() => {
    if (!holder.current) return undefined;
    const options = { complete: (context: CompletionContext) => completionsOf(context, latest.current.complete) };
    const made = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(pageNonce() ?? ""),
          extensions(options.complete),
          escapeFreesTab,
          EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // oxlint-disable-next-line react/exhaustive-deps -- the editor holds its own text; a new one is put in by `replace`
  }, []);
  useEffect(() => {
    const state = view.current?.state;
    if (!state) return;
    const end = state.doc.length;
    const shown = marks.map(({ from, to, severity, message }): Diagnostic => ({
      ...{ from: Math.min(from, end), to: Math.min(to, end), severity, message },
    }));
    view.current?.dispatch(setDiagnostics(state, shown));
  }, [marks]);
  useImperativeHandle(
    ref,
    () => ({
      reveal: ({ from }) => {
        const at = Math.min(from, view.current?.state.doc.length ?? 0);
        view.current?.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
        view.current?.focus();
      },
      replace: (text) =>
        view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: text } }),
    }),
    [],
  );
  return <div ref={holder} className="min-h-0 min-w-0 grow overflow-hidden" />;
}

/** What a person may take between Escape and Tab; any other key ends it. */
const freeMs = 60_000;

/**
 * After Escape, Tab leaves (WCAG 2.1.2), also where Escape closed or undid something as well: the editor's own rule
 * knows only an Escape that did nothing else, and forgets it after two seconds. Behind that rule, so that this one holds.
 */
const escapeFreesTab = EditorView.domEventObservers({
  keydown: (event, view) => {
    if (event.key === "Escape") queueMicrotask(() => view.setTabFocusMode(freeMs));
  },
});

function extensions(complete: (context: CompletionContext) => CompletionResult | null) {
  return [
    lineNumbers(),
    lintGutter(),
    highlightActiveLineGutter(),
    history(),
    indentOnInput(),
    indentUnit.of("  "),
    EditorState.tabSize.of(2),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    yaml(),
    autocompletion({ override: [complete], icons: false }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      indentWithTab,
      ...defaultKeymap,
    ]),
    codeTheme,
  ];
}

/** A longer text is not read at every key press. */
const longestCompleted = 200_000;

function completionsOf(
  { state, pos, explicit }: CompletionContext,
  complete: (text: string, offset: number) => Completions | null,
): CompletionResult | null {
  if (state.doc.length > longestCompleted) return null;
  const before = state.sliceDoc(Math.max(0, pos - 1), pos);
  if (!explicit && !/[\w.:@/-]/.test(before)) return null;
  const text = state.doc.toString();
  const found = complete(text, pos);
  if (!found || (!explicit && found.typed === "" && before !== ".")) return null;
  const hasColon = /^[\w-]*["']?\s*:/.test(text.slice(pos, pos + 80));
  return {
    from: pos - found.typed.length,
    validFor: /^[\w:@/-]*$/,
    options: found.options.map(({ label, apply, kind, detail, isRequired }) => ({
      label,
      apply: hasColon ? label : apply,
      type: kind,
      ...(detail === undefined ? {} : { detail }),
      boost: isRequired ? 2 : 0,
    })),
  };
}
