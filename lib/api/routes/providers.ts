import { z } from "zod";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { ProviderName, ProviderView, PutProviderRequest } from "#/lib/contract/provider.ts";
import { declare } from "../endpoint.ts";

const ByProvider = z.object({ provider: ProviderName });

export const listProvidersEndpoint = declare({
  method: "GET",
  path: "/providers",
  id: "listProviders",
  tag: "Models",
  summary: "List the model providers that the workspace can call; keys are never given out",
  action: "provider:read",
  query: PageQuery,
  responses: { 200: pageOf(ProviderView) },
});

export const getProviderEndpoint = declare({
  method: "GET",
  path: "/providers/{provider}",
  id: "getProvider",
  tag: "Models",
  summary: "Read a provider, without its key",
  action: "provider:read",
  params: ByProvider,
  responses: { 200: ProviderView },
  errors: ["not_found"],
});

export const putProviderEndpoint = declare({
  method: "PUT",
  path: "/providers/{provider}",
  id: "putProvider",
  tag: "Models",
  summary: "Set the workspace's own key and address of a provider; a changed address needs the key again",
  action: "provider:write",
  params: ByProvider,
  body: PutProviderRequest,
  responses: { 200: ProviderView },
});

export const deleteProviderEndpoint = declare({
  method: "DELETE",
  path: "/providers/{provider}",
  id: "deleteProvider",
  tag: "Models",
  summary: "Remove the workspace's own access to a provider",
  action: "provider:write",
  params: ByProvider,
  responses: { 204: null },
  errors: ["not_found"],
});
