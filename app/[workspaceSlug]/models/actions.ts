"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { CreateModelRequest, UpdateModelRequest } from "#/lib/contract/model.ts";
import { ProviderName, PutProviderRequest } from "#/lib/contract/provider.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { deleteProvider, putProvider } from "#/lib/models/providers.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";

const OneModel = UpdateModelRequest.extend({ ref: z.string().min(1).max(300) });
const OneProvider = z.strictObject({ provider: ProviderName });

export const setModelRetiredAction = action(OneModel, (ctx, input) => setModelRetired(ctx, input.ref, input.retired));
export const addModelAction = action(CreateModelRequest, async (ctx, input) => {
  await createModel(ctx, input);
});
export const setProviderAction = action(
  PutProviderRequest.extend(OneProvider.shape),
  async (ctx, { provider, ...request }) => {
    await putProvider(ctx, provider, request);
  },
);
export const removeProviderAction = action(OneProvider, (ctx, input) => deleteProvider(ctx, input.provider));
