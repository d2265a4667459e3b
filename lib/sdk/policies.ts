import type { MutationGrantInput, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import type { PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Which models and providers may be used, and what a replay may change. Every method throws RepriseError. */
export class Policies {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The policy in force, with where each value comes from. */
  async retrieve(options: CallOptions = {}): Promise<PolicyView> {
    return (await this.#transport.request<PolicyView>("GET", "/policies", options)).data;
  }

  /** Replaces the workspace's policy: what is left out is unset. */
  async update(policy: PutPolicyRequest, options: CallOptions = {}): Promise<PolicyView> {
    return (await this.#transport.request<PolicyView>("PUT", "/policies", { ...options, body: policy })).data;
  }

  /** Replaces the account's policy, which holds for all of its workspaces. */
  async updateAccount(policy: PutPolicyRequest, options: CallOptions = {}): Promise<PolicyView> {
    return (await this.#transport.request<PolicyView>("PUT", "/policies/account", { ...options, body: policy })).data;
  }

  /** Mutation grants, newest first, each with its current state. */
  listGrants(options: ListOptions = {}): PagePromise<MutationGrantView> {
    return listCall(this.#transport, "/mutation-grants", options);
  }

  /** Lets replays make the mutating calls of named nodes for at most 24 hours. The key must act for a person. */
  async grantMutations(grant: MutationGrantInput, options: CallOptions = {}): Promise<MutationGrantView> {
    const sent = { ...options, body: grant };
    return (await this.#transport.request<MutationGrantView>("POST", "/mutation-grants", sent)).data;
  }

  /** Approves a grant that someone else asked for. */
  approveGrant(id: string, options: CallOptions = {}): Promise<MutationGrantView> {
    return this.#decide(id, "approve", options);
  }

  /** Ends a grant, from the next call on. */
  revokeGrant(id: string, options: CallOptions = {}): Promise<MutationGrantView> {
    return this.#decide(id, "revoke", options);
  }

  async #decide(id: string, verb: "approve" | "revoke", options: CallOptions): Promise<MutationGrantView> {
    const path = `/mutation-grants/${encodeURIComponent(id)}/${verb}`;
    return (await this.#transport.request<MutationGrantView>("POST", path, options)).data;
  }
}
