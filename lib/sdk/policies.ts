import type { PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
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
}
