import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { type ErrorCode, Problem } from "#/lib/contract/problem.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";
import { type AnswerShape, isReadOnly, type Operation } from "./operation.ts";
import { allOperations } from "./operations/all.ts";
import { problemTable } from "./problem.ts";

/** OpenAPI 3.1 of every operation, from the schemas that validate the requests. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of allOperations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = described(operation);
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Reprise",
        version: "1",
        description:
          "Run, trace and replay AI-agent workflows. Errors are problem details (RFC 9457) with a `code`. Pages of any origin can call the API with a key (CORS, without cookies); anyone who opens such a page can read its key.",
      },
      servers: [{ url: "/api/v1" }],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: `rp_live_…`" } },
      },
      paths,
    },
    { allowEmptySchema: { custom: true }, override: openOutputs },
  );
}

/** Answers may gain fields, so nobody may rely on there being no others. */
function openOutputs({
  jsonSchema,
  io,
}: {
  jsonSchema: { additionalProperties?: unknown };
  io: "input" | "output";
}): void {
  if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { scopes, role } = permissions[operation.action];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [
      `Needs the scope ${scopes.map((scope) => `\`${scope}\``).join(" or ")}, or the role ${role}.`,
      ...(operation.note === undefined ? [] : [operation.note]),
    ].join(" "),
    requestParams: {
      ...(operation.params ? { path: operation.params as z.ZodObject } : {}),
      ...(operation.query ? { query: operation.query as z.ZodObject } : {}),
      ...(operation.method === "POST" && !isReadOnly(operation)
        ? { header: z.object({ "Idempotency-Key": z.string().min(1).max(255).optional() }) }
        : {}),
    },
    ...openParameter(operation),
    ...(operation.body ? { requestBody: requestBody(operation) } : {}),
    responses: responses(operation),
  };
}

/** Parameters without fixed names: an object whose members are separate query parameters (style form, exploded). */
function openParameter({ query }: Operation): Pick<ZodOpenApiOperationObject, "parameters"> {
  const open = query instanceof z.ZodObject ? (query.def.catchall as z.ZodType | undefined) : undefined;
  const { title: name, description } = open?.meta() ?? {};
  if (name === undefined) return {};
  const schema = { type: "object" as const, additionalProperties: { type: "string" as const } };
  return { parameters: [{ in: "query", name, description: description ?? "", style: "form", explode: true, schema }] };
}

function requestBody(operation: Operation): NonNullable<ZodOpenApiOperationObject["requestBody"]> {
  return {
    required: !operation.emptyBody,
    content: {
      "application/json": { schema: operation.body as z.ZodType },
      ...(operation.yaml ? { "application/yaml": { schema: z.string() } } : {}),
    },
  };
}

function responses(operation: Operation): ZodOpenApiResponsesObject {
  const answers: ZodOpenApiResponsesObject = {};
  for (const [status, shape] of Object.entries(operation.answers)) answers[statusKey(Number(status))] = answer(shape);
  for (const [status, codes] of errorsByStatus(operation))
    answers[statusKey(status)] = {
      description: codes.map((code) => `\`${code}\`: ${problemTable[code].title}`).join("; "),
      content: { "application/problem+json": { schema: Problem } },
    };
  return answers;
}

function answer(shape: AnswerShape): { description: string; content?: Record<string, { schema: z.ZodType }> } {
  if (shape === null) return { description: "Done" };
  const content = shape instanceof z.ZodType ? { "application/json": shape } : shape.content;
  const media = Object.entries(content).map(([type, schema]) => [type, { schema }] as const);
  return { description: "Done", content: Object.fromEntries(media) };
}

/** What any request may be answered; 429 when too many wrong keys come from its address. */
const everyOperation = ["validation_failed", "unauthenticated", "forbidden", "too_many_requests"] as const;

function errorsByStatus(operation: Operation): Map<number, ErrorCode[]> {
  const codes: ErrorCode[] = [...everyOperation, ...(operation.errors ?? [])];
  if (operation.body) codes.push("payload_too_large", "unsupported_media_type");
  if (operation.method === "POST" && !isReadOnly(operation))
    codes.push("idempotency_in_progress", "idempotency_key_reused");
  codes.push("internal", "unavailable");
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = problemTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function statusKey(status: number): `${1 | 2 | 3 | 4 | 5}${string}` {
  return String(status) as `${1 | 2 | 3 | 4 | 5}${string}`;
}
