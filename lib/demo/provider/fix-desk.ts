import { type Ask, isObject, userText } from "./ask.ts";
import type { Draft } from "./draft.ts";

type Parts = Partial<Record<"definition" | "prompt" | "error" | "input", string>>;
type Fix = {
  target: "definition" | "prompt" | "none";
  explanation: string;
  edits: { find: string; replace: string }[];
};

/**
 * The answer to the question how a failed step can be fixed, or null when something else is asked. It knows three kinds of
 * failure: an order number with `#` in an address, an expression that reads a field which is not there, and what no change
 * helps against.
 */
export function fixDraft(ask: Ask): Draft | null {
  const fields = isObject(ask.schema?.properties) ? Object.keys(ask.schema.properties) : [];
  if (!["target", "explanation", "edits"].every((field) => fields.includes(field))) return null;
  const { target, explanation, edits } = fixFor(partsOf(userText(ask)), userText(ask));
  return {
    text: JSON.stringify({ target, explanation, edits }),
    hints: { target: [target], explanation: [explanation], edits: [edits] },
    calls: [],
  };
}

function partsOf(text: string): Parts {
  return Object.fromEntries(
    [...text.matchAll(/<<<(\w+) ([0-9a-f]{16})\n([\s\S]*?)\n\1 \2>>>/g)].map(([, name, , body]) => [name, body]),
  ) as Parts;
}

function fixFor({ definition = "", prompt, error = "" }: Parts, question: string): Fix {
  const nodeId = /\(node ([\w-]+),/.exec(question)?.[1] ?? "";
  const own = definition.slice(Math.max(0, definition.indexOf(`id: ${nodeId}\n`)));
  const address = /(?:\/[\w-]+)\/\{\{ (trigger(?:\.\w+)+) \}\}/.exec(own);
  if (/%23|#\d/.test(error) && address?.[1])
    return {
      target: "definition",
      explanation:
        "The payload writes the order's number with a leading #, which becomes part of the address, so the service knows no such order. The address now takes it away. Numbers without a # are not affected.",
      edits: [{ find: address[0], replace: address[0].replace(address[1], `${address[1]}.replace('#', '')`) }],
    };
  const missing = readMissing(prompt ?? "", error) ?? readMissing(own, error);
  if (missing)
    return {
      target: prompt?.includes(missing.find) ? "prompt" : "definition",
      explanation: `The text reads ${missing.name}, which this payload does not have. It now reads it only where it is there.`,
      edits: [{ find: missing.find, replace: `{{ has(${missing.name}) ? ${missing.name} : '' }}` }],
    };
  return {
    target: "none",
    explanation:
      "Nothing in the definition causes this failure. If a service was down, replay the run from this step when it is up again.",
    edits: [],
  };
}

/** The template that reads the field which the error names. */
function readMissing(text: string, error: string): { find: string; name: string } | null {
  if (!error.startsWith("expression_failed")) return null;
  for (const [find, name = ""] of text.matchAll(/\{\{ (trigger(?:\.\w+)+) \}\}/g))
    if (error.includes(name.split(".").at(-1) ?? name)) return { find, name };
  return null;
}
