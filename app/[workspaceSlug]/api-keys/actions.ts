"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { CreateApiKeyRequest } from "#/lib/contract/administration.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";

const OneKey = z.strictObject({ id: z.string().max(100) });

export const createApiKeyAction = action(CreateApiKeyRequest, createApiKey);
export const revokeApiKeyAction = action(OneKey, (ctx, input) => revokeApiKey(ctx, input.id));
