import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { NodeEntry } from "./placed-entries.ts";
import { withInner } from "./placed-entries.ts";
import { objectOr } from "./schema-faults.ts";
import { pathSegment } from "./schema-messages.ts";

const message = "must not contain user info (user:password@); send it as a header, from a secret variable";

/** Addresses with user info, in requests and in the arguments of tools: they are shown to everyone, and never sent. */
export function addressFaults(definition: { [name: string]: Json }, level: readonly NodeEntry[]): FieldError[] {
  return [
    ...Object.entries(objectOr(definition.tools)).flatMap(([name, tool]) => {
      const url = objectOr(objectOr(tool).http).url ?? null;
      return hasUserInfo(url) ? [{ path: `tools.${name}.http.url`, message }] : [];
    }),
    ...withInner(level).flatMap(({ node, path }) => {
      if (node?.type !== "tool") return [];
      const own = hasUserInfo((node.http?.url ?? null) as Json) ? [{ path: `${path}.http.url`, message }] : [];
      return [...own, ...argumentFaults((node.arguments ?? null) as Json, `${path}.arguments`)];
    }),
  ];
}

function argumentFaults(value: Json, path: string): FieldError[] {
  if (typeof value === "string") return hasUserInfo(value) ? [{ path, message }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => argumentFaults(item, `${path}${pathSegment(key)}`));
}

/** Expressions count as a word: `https://{{ env.USER }}:{{ env.PASSWORD }}@host/` holds user info too. */
function hasUserInfo(value: Json): boolean {
  if (typeof value !== "string") return false;
  const plain = value.replace(/\{\{.*?\}\}/gs, (expression) =>
    /:\/\/[^/?#]*@/.test(expression) ? "https://a@b" : "x",
  );
  return /^\s*(?:[a-z][a-z0-9+.-]*|x)?:?[\\/]{2}[^\\/?#\s]*@/i.test(plain) || /^\s*https:\/\/a@b/.test(plain);
}
