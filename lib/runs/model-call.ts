import { database } from "#/db/client.ts";
import { now } from "#/lib/core/clock.ts";
import { logger } from "#/lib/core/logger.ts";
import { turnForBytes } from "#/lib/core/loop-turns.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";
import type { Usage } from "#/lib/contract/run.ts";
import { decideModel, modelRefusalMessage } from "#/lib/models/allowlist.ts";
import type { CatalogueEntry } from "#/lib/models/catalogue.ts";
import type { ModelRequest, ModelResponse } from "#/lib/models/chat.ts";
import { type Circuit, healthOf, waitForProviderMs } from "#/lib/models/circuit.ts";
import { closeCircuit, countFailure, takeTurn } from "#/lib/models/circuit-store.ts";
import { callModel } from "#/lib/models/gateway.ts";
import { ModelCallError } from "#/lib/models/model-call-error.ts";
import { costMicros } from "#/lib/models/prices.ts";
import { accessFor } from "#/lib/models/provider-access.ts";
import { loadCatalogue } from "#/lib/models/store.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import type { GuardedInit } from "#/lib/tools/guarded-fetch.ts";
import { type AttemptCost, lostAttempt } from "./attempts.ts";
import { countHeldCall, countProviderError } from "./engine-metrics.ts";
import { shortRun } from "./long-runs.ts";
import type { Session } from "./session.ts";
import { StepFailure } from "./step-failure.ts";
import { spentAround } from "./wait-store.ts";
import { Waiting } from "./waiting.ts";

export type PricedResponse = { response: ModelResponse; costMicros: number | null };

const defaultTimeoutMs = 600_000;
const idleTimeoutMs = 60_000;
const leastKeyLength = 12;

/**
 * Makes one call of a model: checks the allowlist of the policy in force now, then asks the provider; checks the
 * allowlist again when the connection is open, before the first byte. Throws StepFailure with `model_not_available`,
 * `provider_blocked`, `cost_limit_exceeded`, `provider_not_configured` or the provider's fault; throws Waiting while
 * the provider is down and another call asks it.
 */
export async function callModelOnce(
  session: Session,
  request: ModelRequest,
  timeoutMs: number | undefined,
): Promise<PricedResponse> {
  const model = await allowedModel(session, request.ref);
  const { access, circuit } = await accessFor(database(), session.workspace.id, model.provider);
  if (!access)
    throw new StepFailure("provider_not_configured", `No API key for the provider ${model.provider} is configured.`);
  // A provider may echo its key. Anything shorter than a real key would only blank out ordinary text.
  if (access.apiKey.length >= leastKeyLength) session.writer.keepSecret(access.apiKey);
  await assertBudget(session);
  await session.writer.assertHeld();
  await awaitProvider(session, model.provider, circuit);
  const gate = allowlistGate(session, request.ref);
  try {
    const response = await callModel(
      access,
      { ...request, modelId: model.id },
      {
        signal: session.stop.signal,
        timeoutMs: timeoutMs ?? defaultTimeoutMs,
        idleTimeoutMs,
        onDelta: circuit ? onFirst(() => closeCircuit(database(), session.workspace.id, model.provider)) : undefined,
        paced: paced(session),
        fetch: gate.on(session.providerFetch[access.origin]),
      },
    );
    if (circuit) await closeCircuit(database(), session.workspace.id, model.provider);
    return { response, costMicros: spend(session, model, response.usage, response.cacheWriteTokensByTtl) };
  } catch (error) {
    if (gate.fault !== null) throw gate.fault;
    if (!(error instanceof ModelCallError)) throw error;
    countProviderError(model.provider, error.code);
    await noteHealth(session, model.provider, circuit, error);
    throw new StepFailure(error.code, error.message, {
      retryable: error.retryable,
      retryAfterMs: error.retryAfterMs,
      usage: error.usage,
      costMicros: error.usage && spend(session, model, error.usage, null),
      partialText: error.partialText || null,
      cause: error,
    });
  }
}

/** What a call cost by the prices of now, null = unknown; counts it against the run's limit. */
function spend(
  { spent }: Session,
  { ref, price }: CatalogueEntry,
  usage: Usage,
  cacheWriteTokensByTtl: Record<string, number> | null,
): number | null {
  const cost = costMicros(ref, usage, new Date(), price ?? null, cacheWriteTokensByTtl);
  spent.micros += cost ?? 0;
  return cost;
}

/** Lets no stream hold the event loop; one that is as long as no short run's makes the next runs long ones. */
function paced({ workspace, foundLong }: Session): (bytes: number) => Promise<void> {
  let read = 0;
  return (bytes) => {
    if (read <= shortRun.streamBytes && (read += bytes) > shortRun.streamBytes) foundLong();
    return turnForBytes(workspace.id, bytes);
  };
}

/**
 * Lets one call at a time ask a provider that is down, across all runs of the workspace in all processes. Throws
 * Waiting for all others, which come back later; this does not count as an attempt of theirs.
 */
async function awaitProvider({ workspace }: Session, provider: string, circuit: Circuit | null): Promise<void> {
  if (!circuit?.openedAt || (circuit.mayAsk && (await takeTurn(database(), workspace.id, provider)))) return;
  const since = circuit.openedAt;
  const waitMs = waitForProviderMs(now().getTime() - since.getTime(), Math.random);
  countHeldCall(provider);
  const why = `${provider} has not answered since ${since.toISOString()} (${circuit.lastError}); asked again when it may be`;
  throw new Waiting({ reason: "retry_backoff", wakeAt: new Date(now().getTime() + waitMs) }, why);
}

/**
 * Closes once, at the first text: answers may take long, and others wait for the first text. Its end closes too, if
 * this fails.
 */
function onFirst(close: () => Promise<void>): () => void {
  let isFirst = true;
  return () => {
    if (isFirst) close().catch((error: unknown) => logger.warn({ err: error }, "a provider's circuit stayed open"));
    isFirst = false;
  };
}

/** What is kept of a failure is quoted in other runs, which know only the secrets of their own environment. */
async function noteHealth(
  { workspace, writer }: Session,
  provider: string,
  circuit: Circuit | null,
  error: ModelCallError,
): Promise<void> {
  const health = healthOf(error);
  if (health === "down")
    await countFailure(database(), workspace.id, provider, redactMessage(error.message, writer.secretValues));
  if (health === "up" && circuit) await closeCircuit(database(), workspace.id, provider);
}

/**
 * Lets a request leave only if the model is still allowed when the connection is open; `fault`: why it did not leave.
 */
function allowlistGate(session: Session, ref: string) {
  const gate = {
    fault: null as unknown,
    on: (way: typeof fetch): typeof fetch => {
      return (input, init) => way(input, { ...init, beforeSend } as GuardedInit);
    },
  };
  const beforeSend = async () => {
    try {
      await allowedModel(session, ref);
    } catch (error) {
      gate.fault = error;
      throw error;
    }
  };
  return gate;
}

async function allowedModel(session: Session, ref: string) {
  const [policies, catalogue] = await Promise.all([
    loadPolicies(database(), session.workspace),
    loadCatalogue(database(), session.workspace.id),
  ]);
  const decision = decideModel({ ref, catalogue, account: policies.account, workspace: policies.workspace });
  const entry = catalogue.find((model) => model.ref === ref);
  if (!decision.allowed || !entry)
    throw new StepFailure(
      decision.allowed ? "model_not_available" : decision.code,
      modelRefusalMessage(decision.allowed ? "model_not_available" : decision.code),
    );
  return entry;
}

/**
 * The hard stop of a replay with `maxCostMicros`: no further call once the recorded cost has reached it. It covers the
 * replay and all runs inside it together.
 */
async function assertBudget({ run, spent }: Session): Promise<void> {
  const limit = run.maxCostMicros;
  if (limit === null) return;
  const all = spent.micros + (spent.micros >= limit ? 0 : await spentAround(database(), run.id));
  if (all < limit) return;
  const message = `The run has spent ${all} of ${limit} micro-dollars.`;
  throw new StepFailure("cost_limit_exceeded", message, { fatal: true });
}

/**
 * What an attempt of a model call used, as its answer or a failed attempt reported it. An answer that broke off, that
 * did not arrive in time, or that was under way when its worker was lost may have been billed: it counts as a call of
 * unknown cost. A refused request does not count as a call.
 */
export function costOfModelCall(result: PricedResponse | StepFailure): AttemptCost {
  if (!(result instanceof StepFailure))
    return {
      usage: result.response.usage,
      costMicros: result.costMicros,
      madeCall: true,
      answeredModel: result.response.responseModel,
    };
  const { usage, code } = result;
  const failure = result.cause instanceof ModelCallError ? result.cause : null;
  const brokeOff = code === "timed_out" || code === lostAttempt || failure?.brokeOff === true;
  return {
    answeredModel: failure?.responseModel ?? null,
    usage,
    costMicros: result.costMicros,
    madeCall: usage !== null || brokeOff,
  };
}
