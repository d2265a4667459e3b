import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The editor in the colours of app/globals.css, so that it follows the theme. */
export const codeTheme: Extension = [
  EditorView.theme({
    "&": { height: "100%", backgroundColor: "var(--canvas)", color: "var(--ink)", fontSize: "12px" },
    // Its frame shows the focus.
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--font-geist-mono), ui-monospace, monospace", lineHeight: "20px" },
    ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
    ".cm-line": { padding: "0 12px 0 6px" },
    ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-subtle)", border: "none" },
    ".cm-activeLine": { backgroundColor: "transparent" },
    ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--ink)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
      backgroundColor: "var(--selected)",
      outline: "1px solid var(--line-strong)",
    },
    "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--danger-soft)" },
    ".cm-searchMatch": { backgroundColor: "var(--warning-soft)", outline: "1px solid var(--warning)" },
    ".cm-searchMatch-selected": { backgroundColor: "var(--selected)" },
    ".cm-selectionMatch": { backgroundColor: "var(--selected)" },
    ".cm-tooltip": {
      backgroundColor: "var(--raised)",
      border: "1px solid var(--line-strong)",
      borderRadius: "6px",
      boxShadow: "var(--shadow-float)",
      color: "var(--ink)",
      overflow: "hidden",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": {
      fontFamily: "var(--font-geist-mono), ui-monospace, monospace",
      maxHeight: "260px",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px", lineHeight: "18px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--selected)", color: "var(--ink)" },
    ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)" },
    ".cm-completionDetail": { fontStyle: "normal", color: "var(--ink-muted)" },
    ".cm-diagnostic": { padding: "4px 8px", maxWidth: "60ch", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
    ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
    ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warning)" },
    ".cm-lintRange-error": {
      backgroundImage: "none",
      textDecoration: "underline wavy var(--danger)",
      textUnderlineOffset: "3px",
    },
    ".cm-lintRange-warning": {
      backgroundImage: "none",
      textDecoration: "underline wavy var(--warning)",
      textUnderlineOffset: "3px",
    },
    ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)" },
    ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
    ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
    ".cm-textfield": { backgroundColor: "var(--canvas)", border: "1px solid var(--field-line)", color: "var(--ink)" },
    ".cm-button": {
      backgroundImage: "none",
      backgroundColor: "var(--raised)",
      border: "1px solid var(--line-strong)",
      color: "var(--ink)",
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
      { tag: [tags.string, tags.content], color: "var(--ink)" },
      { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--effect-recorded)" },
      { tag: [tags.comment, tags.lineComment], color: "var(--ink-subtle)", fontStyle: "italic" },
      { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-muted)" },
      { tag: tags.invalid, color: "var(--danger)" },
    ]),
  ),
];
