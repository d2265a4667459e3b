"use client";

import { ChevronRight } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { cn } from "#/components/ui/class-names.ts";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { Run } from "#/lib/contract/run.ts";
import { NativeSelect } from "./native-select.tsx";
import { NodeChecks } from "./node-checks.tsx";
import { PayloadEditor } from "./payload-editor.tsx";
import { draftFaults, optionWords, type ReplayDraft } from "./replay-draft.ts";
import { hasInnerSteps, isInnerPath, overrideCandidates, startNodes, type VersionNode } from "./version-nodes.ts";

/** What a replay can change besides its mode: a later start, a narrower override, another payload, environment or limit. */
export function OptionsArea({
  draft,
  run,
  nodes,
  nodesDenied = null,
  innerSteps = [],
  environments,
  payloadErrors,
  onChange,
}: {
  draft: ReplayDraft;
  /** Null = several runs: each keeps its payload, and its environment unless another is chosen. */
  run: Pick<Run, "payload" | "environment"> | null;
  /** Of the target version; null while they are not known. */
  nodes: readonly VersionNode[] | null;
  /** Why nodes cannot be chosen; null = they can. */
  nodesDenied?: string | null;
  /** Paths of steps inside of maps to choose from; others can be typed. */
  innerSteps?: readonly string[];
  environments: readonly string[];
  payloadErrors: readonly FieldError[];
  onChange: (change: Partial<ReplayDraft>) => void;
}) {
  const id = useId();
  const faults = draftFaults(draft);
  const words = optionWords(draft);
  const [isOpen, setOpen] = useState(words.length > 0);
  const places = [...new Set([...(run ? [run.environment] : []), ...environments])];
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-2">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="flex items-center gap-1 self-start rounded-sm py-0.5 pr-1 text-sm font-medium text-ink-muted hover:text-ink"
      >
        <ChevronRight aria-hidden className={cn("size-3.5", isOpen && "rotate-90")} />
        Options
        {!isOpen && words.length > 0 ? <span className="font-normal text-ink-subtle">{words.join(" · ")}</span> : null}
      </button>
      <div id={id} hidden={!isOpen} className={isOpen ? "flex flex-col gap-3" : undefined}>
        {isOpen ? (
          <>
            <Pair>
              <Field
                label="From step"
                hint={nodesDenied ?? (draft.fromNodeId === "" ? undefined : "Steps upstream of it are reused.")}
              >
                {(control) => (
                  <NativeSelect
                    {...control}
                    disabled={nodesDenied !== null}
                    value={draft.fromNodeId}
                    onChange={(event) => onChange({ fromNodeId: event.currentTarget.value })}
                  >
                    <option value="">Whole run</option>
                    {fromOptions(nodes, draft.fromNodeId).map((node) => (
                      <option key={node.id} value={node.id}>
                        {node.title === null ? node.id : `${node.id} (${node.title})`}
                      </option>
                    ))}
                  </NativeSelect>
                )}
              </Field>
              <Field label="Environment">
                {(control) => (
                  <NativeSelect
                    {...control}
                    value={draft.environment}
                    onChange={(event) => onChange({ environment: event.currentTarget.value })}
                  >
                    <option value="">{run ? `${run.environment} (as in this run)` : "As in each run"}</option>
                    {places
                      .filter((name) => name !== run?.environment)
                      .map((name) => (
                        <option key={name} value={name}>
                          {name}
                        </option>
                      ))}
                  </NativeSelect>
                )}
              </Field>
            </Pair>
            {nodesDenied === null && (hasInnerSteps(nodes ?? []) || isInnerPath(draft.fromNodeId)) ? (
              <InnerStep
                path={draft.fromNodeId}
                choices={innerSteps}
                onChange={(fromNodeId) => onChange({ fromNodeId })}
              />
            ) : null}
            <Field
              label={run ? "Cost limit in dollars" : "Cost limit of each replay in dollars"}
              hint="Model calls stop when the replay has cost this much. Leave empty for no limit."
              error={faults.maxCost}
              className="sm:max-w-64"
            >
              {(control) => (
                <Input
                  {...control}
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder="0.50"
                  value={draft.maxCost}
                  onChange={(event) => onChange({ maxCost: event.currentTarget.value })}
                />
              )}
            </Field>
            {draft.mode === "as_is" || nodesDenied !== null ? null : (
              <NodeChecks
                mode={draft.mode}
                candidates={nodes && overrideCandidates(nodes, draft.mode, draft.artifactId)}
                value={draft.nodeIds}
                error={faults.nodeIds}
                onChange={(nodeIds) => onChange({ nodeIds })}
              />
            )}
            {run ? (
              <PayloadEditor
                original={run.payload}
                text={draft.payloadText}
                fault={faults.payload}
                errors={payloadErrors}
                onChange={(payloadText) => onChange({ payloadText })}
              />
            ) : null}
          </>
        ) : null}
      </div>
    </div>
  );
}

/** Finds a step inside of others: the browser offers those whose path holds what was typed. */
function InnerStep({
  path,
  choices,
  onChange,
}: {
  path: string;
  choices: readonly string[];
  onChange: (path: string) => void;
}) {
  const listId = useId();
  const [typed, setTyped] = useState("");
  const shown = path === typed || isInnerPath(path) ? path : "";
  const change = (text: string) => {
    setTyped(text);
    onChange(text);
  };
  return (
    <Field
      label="Or a step inside a map or child run"
      hint="Its path: each[2].score in an item of a map, review/assess in a child run. Everything upstream and all other items are reused."
    >
      {(control) => (
        <>
          <Input
            {...control}
            mono
            list={choices.length > 0 ? listId : undefined}
            autoComplete="off"
            spellCheck={false}
            maxLength={1000}
            placeholder="Type to search"
            value={shown}
            onChange={(event) => change(event.currentTarget.value.trim())}
          />
          <datalist id={listId}>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** The steps to start from; a chosen one stays in the list even where the version's nodes could not be read. */
function fromOptions(nodes: readonly VersionNode[] | null, chosen: string): Pick<VersionNode, "id" | "title">[] {
  const known = startNodes(nodes ?? []);
  if (chosen === "" || known.some(({ id }) => id === chosen)) return known;
  return [...known, { id: chosen, title: null }];
}

function Pair({ children }: { children: ReactNode }) {
  return <div className="grid gap-3 sm:grid-cols-2">{children}</div>;
}
