import { CodeBlock } from "#/components/ui/code-block.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import { CompareWith } from "./compare-with.tsx";
import type { PromptDetailProps } from "./prompt-detail.tsx";

/** The text of a revision, or how it differs from another one. */
export function RevisionBody({ path, query, revisions, shown, against }: PromptDetailProps & { path: string }) {
  const others = revisions.filter((each) => each.contentHash !== shown.contentHash);
  const choices =
    others.some((each) => each.contentHash === against?.contentHash) || !against ? others : [against, ...others];
  return (
    <section aria-labelledby="revision" className="flex min-h-96 min-w-0 grow flex-col gap-3 lg:min-h-0 p-3 md:p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="revision" className="text-lg font-semibold">
          Revision {shown.revision}
        </h2>
        <span className="tabular text-sm text-ink-muted">
          {formatCount(new TextEncoder().encode(shown.text).length)} bytes
        </span>
        <div className="ml-auto">
          <CompareWith
            path={path}
            query={query}
            chosen={against?.contentHash ?? null}
            others={choices.map(({ contentHash, revision }) => ({ contentHash, revision }))}
          />
        </div>
      </div>
      <p className="flex items-start gap-1 text-sm">
        <span className="font-mono break-all text-ink-muted">{shown.contentHash}</span>
        <CopyButton value={shown.contentHash} label="Copy the content hash" className="-my-0.5" />
      </p>
      {against ? (
        <TextDiff
          wrap
          label={`Text, revision ${against.revision} to revision ${shown.revision}`}
          before={against.text}
          after={shown.text}
        />
      ) : (
        <CodeBlock wrap label="Text of the revision" text={shown.text} className="min-h-0" />
      )}
    </section>
  );
}
