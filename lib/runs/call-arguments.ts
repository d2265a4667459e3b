import type { JsonObject } from "#/lib/contract/json.ts";
import type { ToolCall } from "./concrete-call.ts";
import { StepFailure } from "./step-failure.ts";

/** The named arguments of a call. Throws StepFailure `output_invalid` for anything but an object. */
export function argumentsOf({ args, tool }: Pick<ToolCall, "args" | "tool">): JsonObject {
  if (args === null) return {};
  if (typeof args === "object" && !Array.isArray(args)) return args;
  throw new StepFailure("output_invalid", `The arguments of ${tool} must be an object.`);
}
