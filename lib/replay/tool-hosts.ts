import { DomainError } from "#/lib/core/errors.ts";
import { storedHttpTool, toolOf, type ToolSource, type WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { compileTemplate, renderText } from "#/lib/expressions/expression.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";
import type { ReplayFacts } from "./facts.ts";
import { longestTemplates } from "./filled-request.ts";
import { definitionOf } from "./node-map.ts";
import { reusedIn, type ReplayPlan } from "./plan.ts";

export type ToolHost = { nodeId: string; host: string | null };

/**
 * Which hosts a replay's calls reach in its environment, once per node. `variables` are the environment's values that
 * are not secret; a host that depends on anything else is null, and so is one of templates that are too long to be compiled
 * for this. Pure.
 */
export function toolHosts(
  facts: Pick<ReplayFacts, "targetVersion" | "inner" | "tools">,
  plan: Pick<ReplayPlan, "nodes">,
  variables: Record<string, string>,
): ToolHost[] {
  const reused = reusedIn(plan);
  const hosts = new Map<string, string | null>();
  let left = longestTemplates;
  const newHost = (url: string) => {
    const written = writtenHost(url);
    if (written !== null) return written;
    left -= url.length;
    return left < 0 ? null : hostOf(url, variables);
  };
  const knownHost = (url: string) => {
    const host = hosts.has(url) ? (hosts.get(url) ?? null) : newHost(url);
    hosts.set(url, host);
    return host;
  };
  const hostsIn = (definition: WorkflowDefinition, prefix: string, kept: ReadonlySet<string>) =>
    toolCalls(definition)
      .filter((call) => !kept.has(call.nodeId))
      .flatMap(({ nodeId, source }) => {
        const url = addressOf(source, toolOf(source, facts.tools));
        return url === null ? [] : [{ nodeId: prefix + nodeId, host: knownHost(url) }];
      });
  const found = [
    ...hostsIn(definitionOf(facts.targetVersion), "", reused),
    ...facts.inner
      .filter(({ hostId }) => !reused.has(hostId))
      .flatMap((workflow) => hostsIn(workflow.definition, `${workflow.path}/`, workflow.reused)),
  ];
  return [...new Map(found.map((entry) => [`${entry.nodeId}\n${entry.host}`, entry])).values()];
}

/** The address that a source calls; null for a source without one of its own. */
function addressOf(source: ToolSource, tool: WorkspaceTool | null): string | null {
  if (source.kind === "http") return source.spec.url;
  if (source.kind === "builtin" || !tool) return null;
  return tool.kind === "mcp" ? (tool.server?.url ?? null) : storedHttpTool(tool).http.url;
}

/** The host that stands in a template before any expression; null when none does. */
function writtenHost(url: string): string | null {
  const [start = ""] = /^https?:\/\/[^/?#{\\]+[/?#]/i.exec(url) ?? [];
  return start === "" ? null : (URL.parse(start)?.host ?? null);
}

/** Host and port of a URL template, filled in as far as the environment alone allows. */
export function hostOf(url: string, variables: Record<string, string>): string | null {
  try {
    let text = "";
    for (const part of compileTemplate(url).parts) {
      if (typeof part === "string") text += part;
      else if (part.variables.every((name) => name === "env"))
        text += renderText(`{{ ${part.source} }}`, { env: variables });
      else break;
      if (/^https?:\/\/[^/?#]+[/?#]/i.test(text)) return URL.parse(text)?.host ?? null;
    }
    const isWhole = compileTemplate(url).parts.every(
      (part) => typeof part === "string" || part.variables.every((name) => name === "env"),
    );
    return isWhole ? (URL.parse(text)?.host ?? null) : null;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
