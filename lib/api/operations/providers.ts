import { z } from "zod";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { ProviderName, ProviderView, PutProviderRequest } from "#/lib/contract/provider.ts";
import { deleteProvider, getProvider, listProviders, putProvider } from "#/lib/models/providers.ts";
import { noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { pageOfWhole } from "../pagination.ts";

const tag = "Models";

const ByProvider = z.object({ provider: ProviderName });

export const providerOperations = [
  operation({
    method: "GET",
    path: "/providers",
    id: "listProviders",
    tag,
    summary: "List the model providers that the workspace can call; keys are never returned",
    action: "provider:read",
    query: PageQuery,
    answers: { 200: pageOf(ProviderView) },
    handle: async ({ ctx, query }) => {
      const of = { list: "providers", filter: {} };
      return ok(pageOfWhole(ctx, of, await listProviders(ctx), (provider) => provider.provider, query));
    },
  }),
  operation({
    method: "GET",
    path: "/providers/{provider}",
    id: "getProvider",
    tag,
    summary: "Read a provider, without its key",
    action: "provider:read",
    params: ByProvider,
    answers: { 200: ProviderView },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getProvider(ctx, params.provider)),
  }),
  operation({
    method: "PUT",
    path: "/providers/{provider}",
    id: "putProvider",
    tag,
    summary: "Set the workspace's own key and address of a provider; a changed address requires the key again",
    action: "provider:write",
    params: ByProvider,
    body: PutProviderRequest,
    answers: { 200: ProviderView },
    handle: async ({ ctx, params, body }) => ok(await putProvider(ctx, params.provider, body)),
  }),
  operation({
    method: "DELETE",
    path: "/providers/{provider}",
    id: "deleteProvider",
    tag,
    summary: "Remove the workspace's own access to a provider",
    action: "provider:write",
    params: ByProvider,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await deleteProvider(ctx, params.provider);
      return noContent;
    },
  }),
];
