import { ArrowUpRight } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { Fragment, type ReactNode } from "react";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { tracePath } from "#/components/runs/run-links.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { buttonClass } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { shortId } from "#/components/ui/format.ts";
import type {
  ComparedStep,
  ComparedStepSide,
  NumberDelta,
  RunComparison,
  StepDifference,
} from "#/lib/contract/compare.ts";
import { answeredByAnother } from "#/lib/contract/answered-model.ts";
import { Delta } from "./compare-totals.tsx";
import { saysWhoAnswered } from "./answered-models.ts";
import { quantityText, type Quantity } from "./delta-text.ts";
import { SideMark } from "./side-mark.tsx";
import { spanTone } from "./step-list.tsx";
import { ValueChanges } from "./value-changes.tsx";

const alignedWords = {
  node: null,
  mapping: "Matched by the node mapping",
  order: "Matched by order: the other side has no node with this name",
} as const;

/** Everything that is known about the selected step on both sides. */
export function StepDetail({
  step,
  isFirst,
  comparison,
  workspaceSlug,
}: {
  step: ComparedStep;
  isFirst: boolean;
  comparison: RunComparison;
  workspaceSlug: string;
}) {
  const { a, b } = step;
  const alignment = step.alignedBy && alignedWords[step.alignedBy];
  return (
    <div className="flex flex-col gap-4 p-3">
      <div className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 font-mono text-base font-semibold break-all">{titleOf(step)}</h2>
          {isFirst ? <Badge tone="warning">first divergence</Badge> : null}
        </div>
        {alignment ? <p className="text-sm text-ink-muted">{alignment}.</p> : null}
        {a === null || b === null ? <GapNote step={step} /> : null}
        {a && b && step.differences.length === 0 ? (
          <p className="text-sm text-ink-muted">
            {a.answeredModel !== b.answeredModel && saysWhoAnswered(step)
              ? "Only the model that answered differs."
              : "Nothing differs."}
          </p>
        ) : null}
        <div className="flex flex-wrap gap-1.5 pt-0.5">
          <TraceLink side={a} letter="A" runId={comparison.a.id} workspaceSlug={workspaceSlug} />
          <TraceLink side={b} letter="B" runId={comparison.b.id} workspaceSlug={workspaceSlug} />
        </div>
      </div>
      <StepFacts step={step} />
      {a && b ? (
        <>
          <Part title="Arguments">
            <ValueChanges diff={step.arguments} name="Arguments" />
          </Part>
          <Part title="Output">
            <ValueChanges diff={step.output} name="Output" />
          </Part>
        </>
      ) : null}
    </div>
  );
}

function titleOf({ a, b }: ComparedStep): string {
  if (a && b && a.key !== b.key) return `${a.key} → ${b.key}`;
  return (b ?? a)?.key ?? "";
}

function GapNote({ step }: { step: ComparedStep }) {
  const [here, there] = step.a ? ["A", "B"] : ["B", "A"];
  return (
    <p className="text-sm text-ink-muted">
      Only {here} has this step; {there} has no matching step.
    </p>
  );
}

function TraceLink({
  side,
  letter,
  runId,
  workspaceSlug,
}: {
  side: ComparedStepSide | null;
  letter: "A" | "B";
  runId: string;
  workspaceSlug: string;
}) {
  if (side === null) return null;
  const search = side.spanId ? `?span=${encodeURIComponent(side.spanId)}` : "";
  return (
    <Link href={`${tracePath(workspaceSlug, runId)}${search}`} className={buttonClass()}>
      Open in trace {letter}
      <ArrowUpRight aria-hidden />
    </Link>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-1.5">
      <h3 className="text-sm font-medium text-ink-muted">{title}</h3>
      {children}
    </section>
  );
}

const quantities: {
  name: string;
  of: "durationMs" | "inputTokens" | "outputTokens" | "costMicros";
  quantity: Quantity;
}[] = [
  { name: "Latency", of: "durationMs", quantity: "duration" },
  { name: "Tokens in", of: "inputTokens", quantity: "count" },
  { name: "Tokens out", of: "outputTokens", quantity: "count" },
  { name: "Cost", of: "costMicros", quantity: "cost" },
];

/** Facts as rows, sides as columns. Facts that the step does not have at all are left out. */
function StepFacts({ step }: { step: ComparedStep }) {
  const { a, b } = step;
  const usesModel = [a, b].some((side) => side && (side.modelRef !== null || side.usage !== null));
  const has = (of: (side: ComparedStepSide) => unknown) => [a, b].some((side) => side !== null && of(side) !== null);
  const shown = quantities.filter(({ of }) => of === "durationMs" || usesModel);
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <caption className="sr-only">The step on both sides</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className="w-20 py-1 text-sm font-medium text-ink-subtle">
            <span className="sr-only">Fact</span>
          </th>
          <SideHead side="A" />
          <SideHead side="B" />
          <th scope="col" className="w-24 py-1 text-right sm:w-34 text-sm font-medium text-ink-subtle">
            B compared with A
          </th>
        </tr>
      </thead>
      <tbody>
        <TextRow step={step} name="Status" difference="status" face={(side) => <Status side={side} />} />
        {step.differences.includes("type") ? (
          <TextRow step={step} name="Type" difference="type" face={(side) => side.type} />
        ) : null}
        {has((side) => side.modelRef) ? (
          <TextRow step={step} name="Model" difference="model" face={(side) => <Mono text={side.modelRef} />} />
        ) : null}
        {saysWhoAnswered(step) ? (
          <FactRow
            step={step}
            name="Answered by"
            differs={a?.answeredModel !== b?.answeredModel}
            face={(side) => <AnsweredBy side={side} />}
          />
        ) : null}
        {has((side) => side.promptHash) ? (
          <TextRow
            step={step}
            name="Prompt"
            difference="prompt"
            face={(side) => <Mono text={shortHash(side.promptHash)} title={side.promptHash} />}
          />
        ) : null}
        {has((side) => side.effect) ? (
          <TextRow step={step} name="Effect" difference="effect" face={(side) => <Effect side={side} />} />
        ) : null}
        {shown.map(({ name, of, quantity }) => (
          <QuantityRow key={of} step={step} name={name} delta={step[of]} quantity={quantity} />
        ))}
      </tbody>
    </table>
  );
}

function SideHead({ side }: { side: "A" | "B" }) {
  return (
    <th scope="col" className="py-1">
      <SideMark side={side} />
    </th>
  );
}

const cellClass = "py-1 pr-2 align-top break-words";
const nameClass = "py-1 pr-2 align-top font-normal text-ink-subtle";

type RowProps = { step: ComparedStep; name: string; face: (side: ComparedStepSide) => ReactNode };

/** A fact that the comparison checks for differences. */
function TextRow({ difference, ...props }: RowProps & { difference: StepDifference }) {
  return <FactRow {...props} differs={props.step.differences.includes(difference)} />;
}

function FactRow({ step, name, differs, face }: RowProps & { differs: boolean }) {
  const isGap = step.a === null || step.b === null;
  return (
    <tr className="border-b border-line">
      <th scope="row" className={nameClass}>
        {name}
      </th>
      <td className={cellClass}>{step.a ? face(step.a) : <None />}</td>
      <td className={cellClass}>{step.b ? face(step.b) : <None />}</td>
      <td className={cn("py-1 text-right align-top", differs ? "font-medium text-ink" : "text-ink-subtle")}>
        {isGap ? "" : differs ? "differs" : "same"}
      </td>
    </tr>
  );
}

function QuantityRow({
  step,
  name,
  delta,
  quantity,
}: {
  step: ComparedStep;
  name: string;
  delta: NumberDelta;
  quantity: Quantity;
}) {
  const isGap = step.a === null || step.b === null;
  return (
    <tr className="border-b border-line">
      <th scope="row" className={nameClass}>
        {name}
      </th>
      <td className={cn(cellClass, "tabular")}>{step.a ? quantityText(delta.a, quantity) : <None />}</td>
      <td className={cn(cellClass, "tabular")}>{step.b ? quantityText(delta.b, quantity) : <None />}</td>
      <td className="tabular py-1 text-right align-top">
        {isGap ? null : <Delta delta={delta} quantity={quantity} />}
      </td>
    </tr>
  );
}

function None() {
  return <span className="text-ink-subtle">–</span>;
}

function Status({ side }: { side: ComparedStepSide }) {
  return <Badge tone={spanTone(side.status)}>{side.status}</Badge>;
}

function Mono({ text, title }: { text: string | null; title?: string | null }) {
  if (!text) return <span className="text-ink-subtle">none</span>;
  return (
    <span title={title ?? undefined} className="font-mono text-sm">
      {text.split(/(?<=:)/).map((part) => (
        <Fragment key={part}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}

function AnsweredBy({ side }: { side: ComparedStepSide }) {
  return (
    <span className="flex flex-col items-start gap-0.5">
      <Mono text={side.answeredModel} />
      {answeredByAnother(side.modelRef, side.answeredModel) ? (
        <Badge tone="warning">not the requested model</Badge>
      ) : null}
    </span>
  );
}

function shortHash(hash: string | null): string | null {
  return hash === null ? null : shortId(hash.replace(/^sha256:/, ""), 8, 4);
}

function Effect({ side }: { side: ComparedStepSide }) {
  if (side.effect === null) return <span className="text-ink-subtle">none</span>;
  const { verdict, mutating, why } = side.effect;
  // A read-only call that was really made needs no warning.
  if (verdict === "live" && !mutating) return <span className="text-ink-muted">read-only</span>;
  return (
    <span className="flex flex-col items-start gap-0.5">
      <EffectBadge verdict={verdict} />
      <span className="text-sm text-ink-muted">{why}</span>
    </span>
  );
}
