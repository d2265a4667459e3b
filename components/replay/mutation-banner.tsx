import type { ReactNode } from "react";
import { Callout } from "#/components/ui/callout.tsx";
import { formatTimestamp } from "#/components/ui/format.ts";
import type { GrantRef } from "#/lib/contract/mutation-grant.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import { groupCalls } from "./preflight-words.ts";

type Call = Preflight["plan"]["calls"][number];
const mostCalls = 8;

/** Always says whether this replay changes anything in the world: grey for a dry run; red when it will, with what. */
export function MutationBanner({ plan }: { plan: Preflight["plan"] | null }) {
  if (plan?.allowsMutations !== true) return <DryRunBanner />;
  return (
    <div className="flex flex-col gap-2">
      <LiveBanner>
        {grantsOf(plan.calls).map((grant) => (
          <GrantLine key={grant.id} grant={grant} />
        ))}
      </LiveBanner>
      <LiveCalls calls={groupCalls(plan.calls).live} />
    </div>
  );
}

export function DryRunBanner() {
  return (
    <Callout>
      <p>
        Mutating tool calls will dry-run. Set{" "}
        <code className="font-mono text-sm">policies.replay.allowMutations: true</code> per-node to opt in.
      </p>
    </Callout>
  );
}

/** `children` say more about the calls. */
export function LiveBanner({ children }: { children: ReactNode }) {
  return (
    <Callout kind="danger">
      <p className="font-medium">
        <code className="font-mono text-sm">policies.replay.allowMutations: true</code>: this replay WILL invoke
        mutating tool calls.
      </p>
      {children}
    </Callout>
  );
}

function LiveCalls({ calls }: { calls: readonly Call[] }) {
  if (calls.length === 0) return null;
  return (
    <section
      aria-label="Mutating calls that will be made"
      className="rounded-md border border-danger/50 px-3 py-2 text-danger"
    >
      <h3 className="font-medium">Will be made for real</h3>
      <ul className="flex flex-col">
        {calls.slice(0, mostCalls).map((call) => (
          <li key={`${call.nodeId} ${call.tool}`} className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <span className="min-w-0 font-mono text-sm break-all">
              {call.nodeId} · {call.tool}
            </span>
            <span className="text-sm text-ink-muted">{call.why}</span>
          </li>
        ))}
        {calls.length > mostCalls ? <li className="text-sm">and {calls.length - mostCalls} more</li> : null}
      </ul>
    </section>
  );
}

/** The grants that the plan relies on, each once. */
function grantsOf(calls: readonly Call[]): GrantRef[] {
  return [...new Map(calls.flatMap(({ grant }) => (grant ? [[grant.id, grant] as const] : []))).values()];
}

function GrantLine({ grant }: { grant: GrantRef }) {
  return (
    <p>
      Allowed by grant <code className="font-mono text-sm break-all">{grant.id}</code> of {grant.grantedBy}
      {grant.approvedBy === null ? "" : `, approved by ${grant.approvedBy}`}, until{" "}
      <time dateTime={grant.until}>{formatTimestamp(grant.until)}</time>.
    </p>
  );
}
