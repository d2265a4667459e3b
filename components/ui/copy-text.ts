/**
 * Puts text on the clipboard; false when the browser refuses. The only way to copy: by the clipboard API where there is
 * one (not on a plain http address), and by a selection where there is none or it refuses.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  // A dialog takes the focus back from anything outside it.
  const around = before?.closest("[role=dialog], [role=alertdialog]") ?? document.body;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.setAttribute("aria-hidden", "true");
  Object.assign(field.style, { position: "fixed", top: "0", left: "0", opacity: "0" });
  around.append(field);
  field.focus({ preventScroll: true });
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    field.remove();
  }
}
