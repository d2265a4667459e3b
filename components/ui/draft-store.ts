/** What was typed into dialogs and neither submitted nor discarded: fields by name, by dialog. */
const drafts = new Map<string, Map<string, Field>>();
type Field = { value: unknown; isSecret: boolean };

/** Drafts outlive a reload of the page in the tab's own storage, secrets only as long as the page itself. */
const storageKey = "drafts";
let isLoaded = false;

/** The kept value of a dialog's field; undefined where nothing was typed. */
export function keptField(dialog: string, field: string): unknown {
  load();
  return drafts.get(dialog)?.get(field)?.value;
}

export function hasDraft(dialog: string): boolean {
  load();
  return drafts.has(dialog);
}

/** Keeps what a field holds now. A secret is never written to storage. */
export function keepField(dialog: string, field: string, value: unknown, isSecret: boolean): void {
  load();
  const fields = drafts.get(dialog) ?? new Map<string, Field>();
  fields.set(field, { value, isSecret });
  drafts.set(dialog, fields);
}

/** After a submit that was accepted, or when the person discards it. */
export function dropDraft(dialog: string): void {
  load();
  drafts.delete(dialog);
}

/** Whoever signs in next in this tab finds nothing of the previous person's. */
export function dropAllDrafts(): void {
  drafts.clear();
  save();
}

function load(): void {
  if (isLoaded || typeof window === "undefined") return;
  isLoaded = true;
  // Writing a long text on every key press would be felt; leaving the page is the one moment that needs it.
  window.addEventListener("pagehide", save);
  try {
    const stored = JSON.parse(sessionStorage.getItem(storageKey) ?? "[]") as [string, [string, unknown][]][];
    for (const [dialog, fields] of stored)
      drafts.set(dialog, new Map(fields.map(([field, value]) => [field, { value, isSecret: false }])));
  } catch {
    // Storage is off, or holds what another version wrote: there are no drafts then.
  }
}

function save(): void {
  try {
    const open = [...drafts].map(([dialog, fields]): [string, [string, unknown][]] => [
      dialog,
      [...fields].filter(([, field]) => !field.isSecret).map(([name, field]) => [name, field.value]),
    ]);
    sessionStorage.setItem(storageKey, JSON.stringify(open.filter(([, fields]) => fields.length > 0)));
  } catch {
    // Storage is full or off: the drafts live as long as the page.
  }
}
