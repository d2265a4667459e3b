import { database } from "#/db/client.ts";
import { ignoredParts } from "#/lib/tools/ignored-parts.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import { storedHttpTool, toolOf, type WorkspaceTool } from "#/lib/tools/tool-source.ts";
import { builtinConcrete } from "./builtin-concrete.ts";
import type { ConcreteCall, ToolCall } from "./concrete-call.ts";
import { httpConcrete, type HttpMarks } from "./http-concrete.ts";
import { mcpConcrete } from "./mcp-concrete.ts";
import type { Session } from "./session.ts";
import { StepFailure } from "./step-failure.ts";

/** Builds the concrete call; reads what the workspace says about the tool now. Throws StepFailure or ToolCallError. */
export async function prepareCall(session: Session, call: ToolCall): Promise<ConcreteCall> {
  const { source } = call;
  const mutating = call.mutating === true;
  if (source.kind === "http") return httpConcrete(session, call, source.spec, { mutating });
  if (source.kind === "builtin") return builtinConcrete(session, call, source.name);
  const tool = await storedTool(session, call);
  if (!tool) return missingTool(session, call);
  if (tool.kind === "mcp") return mcpConcrete(session, call, tool);
  const stored = storedHttpTool(tool);
  const ignored = ignoredParts(stored.identity);
  const identity = { args: call.identity.args ?? {}, ignored: [...call.identity.ignored, ...ignored] };
  const concrete = await httpConcrete(
    session,
    { ...call, args: call.args ?? {}, identity },
    stored.http,
    marksOf(tool, mutating),
  );
  return {
    ...concrete,
    factsNow: async () => {
      const now = await storedTool(session, call);
      return now?.kind === "http" ? { ...concrete.facts, ...marksOf(now, mutating) } : { kind: "missing" };
    },
    ignored,
    outputSchema: stored.output ?? null,
    timeoutMs: stored.timeoutMs,
  };
}

function marksOf(tool: WorkspaceTool, mutating: boolean): HttpMarks {
  return { mutating: mutating || storedHttpTool(tool).mutating === true, adminMutating: tool.readOnly === false };
}

async function storedTool(session: Session, { source }: ToolCall): Promise<WorkspaceTool | null> {
  return toolOf(source, await selectToolsOf(database(), session.workspace.id, [source]));
}

/**
 * The tool was deleted: a replay may still be answered from the record, but nothing can be sent. Throws StepFailure.
 */
function missingTool(session: Session, call: ToolCall): ConcreteCall {
  const failure = new StepFailure("tool_failed", `The workspace no longer has the tool ${call.tool}.`);
  if (session.recorded === null) throw failure;
  return {
    name: call.tool,
    request: null,
    identity: call.source.kind === "mcp" ? { mcp: [call.source.server, call.source.tool] } : null,
    facts: { kind: "missing" },
    outputSchema: null,
    timeoutMs: undefined,
    send: () => Promise.reject(failure),
  };
}
