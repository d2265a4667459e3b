"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { UpdateModelRequest } from "#/lib/contract/model.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";

const OneModel = UpdateModelRequest.extend({ ref: z.string().min(1).max(300) });

export const setModelRetiredAction = action(OneModel, (ctx, input) => setModelRetired(ctx, input.ref, input.retired));
