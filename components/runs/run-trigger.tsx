import { KnownActor } from "#/components/shell/actor-names.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { triggerLabel } from "./run-words.ts";

/** What made a run, and who, if it was somebody. */
export function RunTrigger({ trigger }: { trigger: Run["trigger"] }) {
  return (
    <>
      {triggerLabel[trigger.kind]}
      {trigger.actor ? (
        <>
          {" · "}
          <KnownActor id={trigger.actor} />
        </>
      ) : null}
    </>
  );
}
