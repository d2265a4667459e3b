/** A day behind a model's id (`-20251001`, `-2026-03-05`): the snapshot that the id stood for. */
const snapshot = /^-\d{4}-?\d{2}-?\d{2}$/;

/** Did another model answer than the one asked for (`provider:id`)? A dated snapshot of it is the same. Pure. */
export function answeredByAnother(modelRef: string | null, answeredModel: string | null): boolean {
  if (modelRef === null || answeredModel === null) return false;
  const asked = modelRef.slice(modelRef.indexOf(":") + 1);
  const isSame = answeredModel === asked || answeredModel === modelRef;
  return !isSame && !(answeredModel.startsWith(asked) && snapshot.test(answeredModel.slice(asked.length)));
}
