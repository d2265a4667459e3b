import { buttonClass } from "#/components/ui/button-class.ts";
import { Button } from "#/components/ui/button.tsx";
import { Link } from "#/components/ui/link.tsx";

/** How a failed step can be put right. `correctHref`: the editor on it, null where there is nothing to edit. */
export type StepFix = {
  correctHref: string | null;
  /** Why this person may not change the definition; null = may. */
  denied: string | null;
  /** Opens the question to a model; null where nothing failed that it could be asked about. */
  suggest: (() => void) | null;
  suggestDenied: string | null;
};

/** The ways out of a failure. */
export function FixActions({ fix: { correctHref, denied, suggest, suggestDenied } }: { fix: StepFix }) {
  if (correctHref === null) return null;
  return (
    <span className="flex flex-wrap gap-1.5">
      {denied === null ? (
        <Link href={correctHref} className={buttonClass({ size: "sm" })}>
          Correct it
        </Link>
      ) : (
        <Button size="sm" disabledReason={denied}>
          Correct it
        </Button>
      )}
      {suggest ? (
        <Button size="sm" disabledReason={suggestDenied} onClick={suggest}>
          Suggest a fix
        </Button>
      ) : null}
    </span>
  );
}
