import { created, ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createPromptEndpoint, listPromptsEndpoint } from "#/lib/api/routes/prompts.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { listPrompts } from "#/lib/prompts/list-prompts.ts";

const list = route(listPromptsEndpoint)(async ({ ctx, query: { limit, cursor } }) => {
  const of = { list: "prompts", filter: {} };
  return ok(pageOn(ctx, of, await listPrompts(ctx, { limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

const create = route(createPromptEndpoint)(async ({ ctx, body }) => {
  const prompt = await createPrompt(ctx, body);
  return created(prompt, `/api/v1/prompts/${prompt.id}`);
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
