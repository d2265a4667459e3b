import { database } from "#/db/client.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";
import { definitionFaults } from "#/lib/workflows/definition-faults.ts";
import { builtinTool } from "#/lib/tools/builtin-tools.ts";
import { judgeMutability, type ToolFacts } from "#/lib/tools/mutability.ts";
import type { ConcreteCall, ToolCall } from "./concrete-call.ts";
import { argumentsOf } from "./call-arguments.ts";
import type { Session } from "./session.ts";
import { StepFailure } from "./step-failure.ts";

/** A call of a tool that comes with the product. */
export function builtinConcrete(session: Session, call: ToolCall, name: string): ConcreteCall {
  const tool = builtinTool(name);
  if (!tool) throw new StepFailure("tool_failed", `There is no built-in tool ${name}.`);
  const args = argumentsOf(call);
  const declared: ToolFacts = { kind: "builtin", mutating: tool.mutating || call.mutating === true };
  const asked = tool.factsOf?.(args);
  const facts = asked && judgeMutability(asked).mutating ? asked : declared;
  return {
    name,
    request: { builtin: name },
    identity: { builtin: name },
    facts,
    outputSchema: tool.outputSchema,
    timeoutMs: undefined,
    async send({ timeoutMs, idempotencyKey, leave }) {
      const { signal } = session.stop;
      const redact = (text: string) => redactMessage(text, session.writer.secretValues);
      const { mutating } = judgeMutability(facts);
      const staysReadOnly = session.recorded !== null && !mutating;
      const key = mutating ? idempotencyKey : null;
      const way = {
        fetch: session.fetch,
        signal,
        timeoutMs,
        redact,
        idempotencyKey: key,
        staysReadOnly,
        beforeSend: leave,
        faultsOf: (yaml: string, prompt: { nodeId: string; text: string } | null) =>
          definitionFaults(database(), session.workspace.id, { yaml }, prompt),
      };
      return { output: await tool.call(args, way), attributes: {} };
    },
  };
}
