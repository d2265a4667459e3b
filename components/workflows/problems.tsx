import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { Spinner } from "#/components/ui/spinner.tsx";
import type { VersionValidated } from "#/lib/contract/workflow.ts";
import type { CodeMark } from "./code-editor.tsx";
import type { TextRange } from "./definition-document.ts";

/** What is wrong with the text, each with its line; choosing one shows it. `marks` are faults, then warnings. */
export function Problems({
  isChecking,
  error,
  answer,
  marks,
  text,
  onShow,
}: {
  isChecking: boolean;
  /** The check itself failed. */
  error: string | null;
  answer: VersionValidated | null;
  marks: readonly CodeMark[];
  /** The text that was checked. */
  text: string;
  onShow: (range: TextRange) => void;
}) {
  const found = answer ? [...answer.faults, ...answer.warnings] : [];
  return (
    <section aria-label="Problems" className="flex min-h-0 w-full shrink-0 flex-col gap-2 lg:w-80 lg:overflow-y-auto">
      <p role="status" className="flex items-center gap-2 font-medium">
        {isChecking ? <Spinner /> : null}
        {summary(isChecking, error, answer)}
      </p>
      {error === null ? null : <p className="text-danger">{error}</p>}
      <ul className="flex flex-col gap-1">
        {found.map(({ path, message }, at) => {
          const mark = marks[at];
          const Icon = mark?.severity === "warning" ? TriangleAlert : CircleAlert;
          const tone = mark?.severity === "warning" ? "text-warning" : "text-danger";
          return (
            <li key={`${path} ${message}`}>
              <button
                type="button"
                onClick={() => mark && onShow(mark)}
                className="flex w-full items-start gap-2 rounded-md px-2 py-1 text-left hover:bg-hover"
              >
                <Icon
                  role="img"
                  aria-label={mark?.severity === "warning" ? "Warning" : "Error"}
                  className={`mt-0.5 size-4 shrink-0 ${tone}`}
                />
                <span className="min-w-0">
                  <span className="block wrap-anywhere">{message}</span>
                  <span className="block font-mono text-sm wrap-anywhere text-ink-muted">
                    {mark ? `Line ${lineOf(text, mark.from)} ` : ""}
                    {path.startsWith("line ") ? "" : path}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {!isChecking && answer?.valid && found.length === 0 ? (
        <p className="flex items-center gap-2 text-sm text-ink-muted">
          <CircleCheck aria-hidden className="size-4 text-success" />
          {answer.sameAs === null ? "Ready to push." : `Version ${answer.sameAs} has this content.`}
        </p>
      ) : null}
    </section>
  );
}

function summary(isChecking: boolean, error: string | null, answer: VersionValidated | null): string {
  if (isChecking) return "Checking…";
  if (error !== null || !answer) return "Not checked";
  const [faults, warnings] = [answer.faults.length, answer.warnings.length];
  if (faults > 0) return faults === 1 ? "1 problem" : `${faults} problems`;
  return warnings === 0 ? "No problems" : warnings === 1 ? "1 warning" : `${warnings} warnings`;
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
