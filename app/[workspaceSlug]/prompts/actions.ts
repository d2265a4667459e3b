"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { CreatePromptRequest, CreateRevisionRequest } from "#/lib/contract/prompt.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { deletePrompt } from "#/lib/prompts/delete-prompt.ts";

const OnePrompt = z.strictObject({ id: z.string().max(100) });

export const createPromptAction = action(CreatePromptRequest, createPrompt);
export const createRevisionAction = action(CreateRevisionRequest.extend(OnePrompt.shape), (ctx, { id, text }) =>
  createRevision(ctx, id, { text }),
);
export const deletePromptAction = action(OnePrompt, (ctx, input) => deletePrompt(ctx, input.id));
