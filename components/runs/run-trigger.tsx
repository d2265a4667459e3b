import { KnownActor } from "#/components/shell/actor-names.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { IdLink } from "./id-link.tsx";
import { schedulePath } from "./run-links.ts";
import { triggerLabel } from "./run-words.ts";

/** What made a run: which schedule, or who, if it was somebody. */
export function RunTrigger({
  workspaceSlug,
  run: { trigger, schedule },
}: {
  workspaceSlug: string;
  run: Pick<Run, "trigger" | "schedule">;
}) {
  return (
    <>
      {triggerLabel[trigger.kind]}
      {trigger.actor ? (
        <>
          {" · "}
          <KnownActor id={trigger.actor} />
        </>
      ) : null}
      {schedule ? (
        <>
          {" · "}
          <IdLink href={schedulePath(workspaceSlug, schedule)} id={schedule} />
        </>
      ) : null}
    </>
  );
}
