"use server";

import { z } from "zod";
import { environmentPattern, variablePattern } from "#/components/variables/variable-query.ts";
import { action } from "#/lib/api/action.ts";
import { PutEnvironmentRequest } from "#/lib/contract/administration.ts";
import { text } from "#/lib/contract/text.ts";
import { removeVariable, setVariable } from "#/lib/tenancy/change-variable.ts";
import { putEnvironment } from "#/lib/tenancy/environments.ts";

const OneVariable = z.strictObject({
  environment: z.string().regex(environmentPattern),
  name: z.string().regex(variablePattern, "must start with a letter or _, followed by letters, digits or _"),
});
const VariableForm = OneVariable.extend({ value: text().max(65_536), secret: z.boolean() });

export const setVariableAction = action(VariableForm, (ctx, { environment, name, value, secret }) =>
  setVariable(ctx, environment, name, { value, secret }),
);
export const removeVariableAction = action(OneVariable, (ctx, input) =>
  removeVariable(ctx, input.environment, input.name),
);

// A body without the field would unset it: a form must say so explicitly.
const DefaultTtlForm = z.strictObject({
  environment: z.string().regex(environmentPattern),
  defaultTtl: PutEnvironmentRequest.shape.defaultTtl.unwrap(),
});

export const setDefaultTtlAction = action(DefaultTtlForm, (ctx, { environment, defaultTtl }) =>
  putEnvironment(ctx, environment, { defaultTtl }),
);
