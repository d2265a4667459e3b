import { Callout } from "#/components/ui/callout.tsx";

/** Says, always, whether this replay changes anything in the world: grey for a dry run, red when it will. */
export function MutationBanner({ allowsMutations }: { allowsMutations: boolean }) {
  if (allowsMutations)
    return (
      <Callout kind="danger">
        <p className="font-medium">
          <code className="font-mono text-sm">policies.replay.allowMutations: true</code>: this replay WILL invoke
          mutating tool calls.
        </p>
      </Callout>
    );
  return (
    <Callout>
      <p>
        Mutating tool calls will dry-run. Set{" "}
        <code className="font-mono text-sm">policies.replay.allowMutations: true</code> per-node to opt in.
      </p>
    </Callout>
  );
}
