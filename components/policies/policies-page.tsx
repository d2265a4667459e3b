import type { ReactNode } from "react";
import { Badge } from "#/components/ui/badge.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import type { PolicyView } from "#/lib/contract/policy.ts";
import { replayQuota } from "#/lib/contract/replay.ts";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { EditPolicy, type PutPolicyAction } from "./edit-policy.tsx";
import { EditBatchPace } from "./edit-batch-pace.tsx";
import { EditRetention } from "./edit-retention.tsx";
import { GrantsSection, type GrantsProps } from "./grants-section.tsx";
import { daysWords, listWords, mutationWords, type Origin, originLabel, paceWords } from "./policy-words.ts";

type Props = {
  policy: PolicyView;
  /** Refs and providers of the catalogue, to choose from. */
  known: { models: string[]; providers: string[] };
  denied: { workspace: string | null; account: string | null };
  actions: { workspace: PutPolicyAction; account: PutPolicyAction };
  grants: GrantsProps;
  retention: RetentionProps;
  batchPace: PaceProps;
};

type RetentionProps = {
  /** Null = indefinitely. */
  days: number | null;
  denied: string | null;
  put: ServerAction<{ retentionDays: number | null }>;
};

type PaceProps = {
  /** Replays of batches in a rolling minute. */
  pace: number;
  denied: string | null;
  put: ServerAction<{ batchPace: number }>;
};

/** What replays and runs may do here: the value in force, where it comes from, and what each level says. */
export function PoliciesPage({ policy, known, denied, actions, grants, retention, batchPace }: Props) {
  const { effective, workspace, account } = policy;
  const mutations = effective.replay.allowMutations;
  const both = { workspace, account };
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Policies"
        actions={
          <>
            <EditPolicy level="account" policy={both} known={known} denied={denied.account} put={actions.account} />
            <EditPolicy
              level="workspace"
              policy={both}
              known={known}
              denied={denied.workspace}
              put={actions.workspace}
            />
          </>
        }
      >
        What the account and the workspace allow, and the result of both. A change applies from the next call of every
        run.
      </PageHeader>
      <div className="flex max-w-4xl flex-col px-3 pb-6 md:px-4">
        {denied.workspace ? (
          <Callout className="mt-3">You can view policies but not change them. {denied.workspace}</Callout>
        ) : null}
        <Policy
          name="Allowed models"
          about="Models that runs and replays can call. Without a list, every model of the catalogue is allowed; an empty list allows none."
          origin={effective.allowedModels.origin}
          levels={{
            workspace: listWords(workspace.allowedModels, "model"),
            account: listWords(account.allowedModels, "model"),
          }}
        >
          <ListValue list={effective.allowedModels.value} noun="model" />
        </Policy>
        <Policy
          name="Allowed providers"
          about="Providers whose models can be called."
          origin={effective.allowedProviders.origin}
          levels={{
            workspace: listWords(workspace.allowedProviders, "provider"),
            account: listWords(account.allowedProviders, "provider"),
          }}
        >
          <ListValue list={effective.allowedProviders.value} noun="provider" />
        </Policy>
        <Policy
          name="policies.replay.allowMutations"
          isCode
          about="Whether replays make mutating tool calls for real. False at either level forbids it; otherwise a node's own value overrides the workspace's."
          origin={mutations.origin}
          levels={{
            workspace: mutationWords(workspace.replay.allowMutations),
            account: mutationWords(account.replay.allowMutations),
          }}
        >
          <MutationValue {...mutations} />
        </Policy>
        <Retention {...retention} />
        <BatchPace {...batchPace} />
      </div>
      <GrantsSection {...grants} />
    </div>
  );
}

function Policy({
  name,
  isCode,
  about,
  origin,
  levels,
  children,
}: {
  name: string;
  isCode?: boolean;
  about: string;
  origin: Origin;
  levels: { workspace: string; account: string };
  children: ReactNode;
}) {
  return (
    <section className="border-b border-line py-4">
      <h2 className={isCode ? "font-mono font-medium" : "font-semibold"}>{name}</h2>
      <p className="max-w-3xl text-ink-muted">{about}</p>
      <dl className="mt-2 grid grid-cols-[8rem_minmax(0,1fr)] gap-y-1.5">
        <dt className="text-ink-subtle">In effect</dt>
        <dd className="flex min-w-0 flex-wrap items-start gap-2">
          {children}
          <Badge>{originLabel[origin]}</Badge>
        </dd>
        <dt className="text-ink-subtle">Workspace</dt>
        <dd>{levels.workspace}</dd>
        <dt className="text-ink-subtle">Account</dt>
        <dd>{levels.account}</dd>
      </dl>
    </section>
  );
}

function Retention({ days, denied, put }: RetentionProps) {
  return (
    <section className="flex flex-wrap items-start justify-between gap-2 border-b border-line py-4">
      <div className="min-w-0">
        <h2 className="font-semibold">Retention</h2>
        <p className="text-ink-muted">
          Runs that have ended are <span className="font-medium text-ink">{daysWords(days)}</span>. The audit log is
          always kept.
        </p>
      </div>
      <EditRetention days={days} denied={denied} put={put} />
    </section>
  );
}

function BatchPace({ pace, denied, put }: PaceProps) {
  return (
    <section className="flex flex-wrap items-start justify-between gap-2 border-b border-line py-4">
      <div className="min-w-0">
        <h2 className="font-semibold">Batch pace</h2>
        <p className="text-ink-muted">
          Batches start at most <span className="font-medium text-ink">{paceWords(pace)}</span>; the rest of the quota
          of {replayQuota.limit} is for people.
        </p>
      </div>
      <EditBatchPace pace={pace} denied={denied} put={put} />
    </section>
  );
}

function ListValue({ list, noun }: { list: string[] | null; noun: string }) {
  if (list === null) return <span className="font-medium">every {noun}</span>;
  if (list.length === 0) return <Badge tone="danger">no {noun}</Badge>;
  return (
    <ul className="flex min-w-0 flex-wrap gap-1" aria-label={`Allowed ${noun}s`}>
      {list.map((entry) => (
        <li key={entry} className="rounded-sm border border-line px-1.5 font-mono text-sm break-all">
          {entry}
        </li>
      ))}
    </ul>
  );
}

function MutationValue({ value, nodesMayOptIn }: { value: boolean; nodesMayOptIn: boolean }) {
  if (value)
    return (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="live">true</Badge>
        Replays WILL invoke mutating tool calls, except for nodes set to false.
      </span>
    );
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="success">false</Badge>
      {nodesMayOptIn
        ? "Mutating tool calls dry-run, except for nodes that opt in."
        : "Mutating tool calls dry-run. No node can opt in."}
    </span>
  );
}
