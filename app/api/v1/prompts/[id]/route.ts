import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deletePromptEndpoint, getPromptEndpoint } from "#/lib/api/routes/prompts.ts";
import { deletePrompt } from "#/lib/prompts/delete-prompt.ts";
import { getPrompt } from "#/lib/prompts/get-prompt.ts";

const get = route(getPromptEndpoint)(async ({ ctx, params }) => ok(await getPrompt(ctx, params.id)));

const remove = route(deletePromptEndpoint)(async ({ ctx, params }) => {
  await deletePrompt(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, remove);
