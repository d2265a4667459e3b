import { z } from "zod";
import { JsonObject, JsonValue } from "#/lib/contract/json.ts";
import { contentHashPattern } from "#/lib/contract/prompt.ts";
import { recordOf } from "#/lib/contract/record.ts";
import { Slug } from "#/lib/contract/workflow.ts";
import { builtinTools } from "#/lib/tools/builtin-tools.ts";
import { ignoredPart } from "#/lib/tools/ignored-parts.ts";

export const nodeTypes = ["model", "agent", "tool", "transform", "workflow", "map", "wait"] as const;
export type NodeType = (typeof nodeTypes)[number];

/** Most nodes of one version, those inside maps included. */
export const maxNodes = 1000;
/** Most tools that the agents of a version offer, each agent's counted: a replay's plan has a line for each. */
export const maxOfferedTools = 10_000;
const dayMs = 86_400_000;
const durationMs = z
  .int()
  .min(1)
  .max(30 * dayMs);

/** A strict object whose message for an unknown field lists the known ones (parse-definition.ts suggests the nearest). */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? `expected one of ${known}` : undefined),
  });
}

/** `__proto__` is not a name: assigning to it sets an object's prototype. */
const identifier = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const identifierRule = "expected a letter or _, then letters, digits, _ or - (at most 64 characters, not __proto__)";
const NodeId = z.string().regex(identifier, identifierRule);
const ToolName = z.string().regex(identifier, identifierRule);

/** `provider:id`; whether the catalogue has it and the workspace allows it is decided when it is called. */
const modelRefPattern = /^[a-z0-9][a-z0-9._-]{0,63}:[^\s:][^\s]{0,199}$/;
const ModelRef = z.string().regex(modelRefPattern, 'expected "provider:id", for example "anthropic:claude-haiku-4-5"');

/** Either a pinned revision of a prompt artifact, or the text itself (a template). */
const PromptRef = z.union([
  strict({
    artifact: z.string().min(1).max(200),
    hash: z.string().regex(contentHashPattern, 'expected "sha256:" and 64 lowercase hex digits'),
  }),
  strict({ text: z.string().min(1).max(1_000_000) }),
]);
type PromptRef = z.infer<typeof PromptRef>;

/** Attempts of a node in all; the wait before attempt n is backoffMs × factor^(n-2), at most maxBackoffMs. */
export const RetryPolicy = strict({
  maxAttempts: z.int().min(1).max(20),
  backoffMs: z.int().min(0).max(dayMs).default(1000),
  maxBackoffMs: z.int().min(0).max(dayMs).optional(),
  factor: z.number().min(1).max(10).optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

export const httpMethods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;

/** An HTTP call; all but the method may hold templates. The method is fixed, for it decides whether the call mutates. */
const HttpToolSpec = strict({
  method: z.enum(httpMethods),
  url: z
    .string()
    .max(4096)
    .regex(/^(?:https?:\/\/[^\s/]|\{\{)/i, "expected a URL that starts with http://, https:// or {{"),
  headers: recordOf(z.string().min(1).max(200), z.string().max(8192)).optional(),
  query: JsonObject.optional(),
  body: JsonValue.optional(),
});
type HttpToolSpec = z.infer<typeof HttpToolSpec>;

const mutating = z.literal(true, "expected true: a tool can be marked as mutating, not as read-only").optional();

const ignoredPath = z
  .string()
  .max(500)
  .refine(
    (path) => ignoredPart(path) !== null,
    "expected a path that begins with arguments, headers, query or body, such as headers.x-request-id, body.meta.sentAt or body.items.*.id",
  );
/** Parts of a call that do not count when a dry run looks for its recorded answer. */
const identity = strict({
  ignore: z
    .array(ignoredPath)
    .min(1)
    .max(50)
    .meta({ description: "Paths such as headers.x-request-id, query.ts, body.items.*.sentAt, arguments.nonce" }),
}).optional();

/** What can be behind a tool; a tool, and a tool node, has exactly one of them. */
const sources = {
  http: HttpToolSpec.optional(),
  /** A tool of one of the workspace's MCP servers, both by name. */
  mcp: strict({ server: ToolName, tool: z.string().min(1).max(200) }).optional(),
  /** A built-in tool. */
  builtin: z.enum(builtinTools.map((tool) => tool.name) as [string, ...string[]]).optional(),
  /** An HTTP tool of the workspace, by name. */
  use: ToolName.optional(),
};
const sourceFields = ["http", "mcp", "builtin", "use"] as const;

/** A tool that nodes and agents of the version may call by name; templates of its request also see `args`. */
export const ToolDefinition = strict({
  description: z.string().max(4000).optional(),
  input: JsonObject.optional(),
  output: JsonObject.optional(),
  ...sources,
  mutating,
  identity,
  retry: RetryPolicy.optional(),
  timeoutMs: durationMs.optional(),
}).superRefine((tool, ctx) => {
  if (sourceFields.filter((field) => tool[field] !== undefined).length !== 1)
    ctx.addIssue({ code: "custom", path: ["http"], message: "expected exactly one of http, mcp, builtin, use" });
});
export type ToolDefinition = z.infer<typeof ToolDefinition>;

const base = {
  id: NodeId,
  title: z.string().min(1).max(200).optional(),
  needs: z.array(z.string()).max(maxNodes).optional(),
  when: z.string().min(1).optional(),
  retry: RetryPolicy.optional(),
  timeoutMs: durationMs.optional(),
  policies: strict({ replay: strict({ allowMutations: z.boolean().optional() }).optional() }).optional(),
};
const calling = {
  model: ModelRef,
  prompt: PromptRef,
  input: JsonValue.optional(),
  output: JsonObject.optional(),
  maxOutputTokens: z.int().min(1).max(10_000_000).optional(),
  effort: z
    .string()
    .regex(/^[a-z]{1,16}$/, 'expected a word such as "low", "medium" or "high"')
    .optional(),
};

const ModelNode = strict({ ...base, type: z.literal("model"), ...calling });
const AgentNode = strict({
  ...base,
  type: z.literal("agent"),
  ...calling,
  tools: z.array(z.string()).max(128).default([]),
  maxTurns: z.int().min(1).max(100).default(8),
});
const ToolNode = strict({
  ...base,
  type: z.literal("tool"),
  ...sources,
  tool: z.string().optional(),
  arguments: JsonValue.optional(),
  mutating,
  identity,
}).superRefine((node, ctx) => {
  if ([...sourceFields, "tool" as const].filter((field) => node[field] !== undefined).length !== 1)
    ctx.addIssue({ code: "custom", path: ["http"], message: "expected exactly one of http, tool, mcp, builtin, use" });
  if (node.arguments !== undefined && node.http !== undefined)
    ctx.addIssue({
      code: "custom",
      path: ["arguments"],
      message: "expected only together with tool, mcp, builtin or use",
    });
});
const TransformNode = strict({ ...base, type: z.literal("transform"), value: JsonValue });
const WorkflowNode = strict({
  ...base,
  type: z.literal("workflow"),
  workflow: Slug,
  version: z.int().min(1).optional(),
  payload: JsonValue.optional(),
});
const WaitNode = strict({
  ...base,
  type: z.literal("wait"),
  durationMs: durationMs.optional(),
  approval: strict({ title: z.string().min(1).max(200).optional(), timeoutMs: durationMs.optional() }).optional(),
}).superRefine((node, ctx) => {
  if ((node.durationMs === undefined) === (node.approval === undefined))
    ctx.addIssue({
      code: "custom",
      path: ["durationMs"],
      message: "expected either durationMs or approval, and not both",
    });
});

const mapFields = {
  ...base,
  type: z.literal("map"),
  /** A list, or a template that gives one. */
  over: JsonValue,
  /** The name under which the inner nodes see one element. */
  as: z
    .string()
    .regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$/, "expected a name of letters, digits and _, not __proto__"),
  concurrency: z.int().min(1).max(100).default(1),
};
type MapNode = z.infer<z.ZodObject<typeof mapFields>> & { nodes: NodeDefinition[] };
const MapNode = strict({
  ...mapFields,
  get nodes(): z.ZodType<NodeDefinition[]> {
    return z.lazy(() => z.array(NodeDefinition).min(1).max(maxNodes));
  },
}) as unknown as z.core.$ZodTypeDiscriminable & z.ZodType<MapNode>;

export type NodeDefinition =
  | z.infer<typeof ModelNode>
  | z.infer<typeof AgentNode>
  | z.infer<typeof ToolNode>
  | z.infer<typeof TransformNode>
  | z.infer<typeof WorkflowNode>
  | MapNode
  | z.infer<typeof WaitNode>;

export const NodeDefinition: z.ZodType<NodeDefinition> = z.discriminatedUnion("type", [
  ModelNode,
  AgentNode,
  ToolNode,
  TransformNode,
  WorkflowNode,
  MapNode,
  WaitNode,
]);

/** Everything of a version but its nodes; parse-definition.ts checks those one by one. */
const definitionHead = {
  name: z.string().min(1).max(200),
  description: z.string().max(4000).optional(),
  input: JsonObject.optional(),
  tools: recordOf(ToolName, ToolDefinition).optional(),
  output: JsonValue.optional(),
  maxDurationMs: durationMs.optional(),
};

/** One workflow version as data. Structure only: references and expressions are checked by `parseDefinition`. */
export const WorkflowDefinition = strict({
  ...definitionHead,
  nodes: z.array(NodeDefinition).min(1).max(maxNodes),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
