import { z } from "zod";
import {
  EnvironmentView,
  PutEnvironmentRequest,
  PutVariablesRequest,
  VariablesView,
} from "#/lib/contract/administration.ts";
import { getEnvironment, putEnvironment } from "#/lib/tenancy/environments.ts";
import { listVariables, putVariables } from "#/lib/tenancy/variables.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { EnvironmentName } from "./path-params.ts";

const tag = "Environments";

const ByEnvironment = z.object({ name: EnvironmentName });

export const environmentOperations = [
  operation({
    method: "GET",
    path: "/environments/{name}",
    id: "getEnvironment",
    tag,
    summary: "Read what is set for an environment; `development` is born with a default TTL of 10m",
    action: "variable:read",
    params: ByEnvironment,
    answers: { 200: EnvironmentView },
    handle: async ({ ctx, params }) => ok(await getEnvironment(ctx, params.name)),
  }),
  operation({
    method: "PUT",
    path: "/environments/{name}",
    id: "putEnvironment",
    tag,
    summary: "Replace what is set for an environment",
    action: "variable:write",
    params: ByEnvironment,
    body: PutEnvironmentRequest,
    answers: { 200: EnvironmentView },
    handle: async ({ ctx, params, body }) => ok(await putEnvironment(ctx, params.name, body)),
  }),
  operation({
    method: "GET",
    path: "/environments/{name}/variables",
    id: "listVariables",
    tag,
    summary: "List an environment's variables; the value of a secret is null",
    action: "variable:read",
    params: ByEnvironment,
    answers: { 200: VariablesView },
    handle: async ({ ctx, params }) => ok(await listVariables(ctx, params.name)),
  }),
  operation({
    method: "PUT",
    path: "/environments/{name}/variables",
    id: "putVariables",
    tag,
    summary: "Replace an environment's variables",
    action: "variable:write",
    params: ByEnvironment,
    body: PutVariablesRequest,
    answers: { 200: VariablesView },
    handle: async ({ ctx, params, body }) => ok(await putVariables(ctx, params.name, body)),
  }),
];
