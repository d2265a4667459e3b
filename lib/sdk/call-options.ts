import type { CallOptions, Sent } from "./transport.ts";

/** The options of the call itself; what is left out stays left out. */
export function callOf({ signal, timeoutMs, idempotencyKey }: CallOptions): CallOptions {
  return {
    ...(signal ? { signal } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

/** Options that mix the call's own with the fields of a body, as they are sent. */
export function withBody({ signal, timeoutMs, idempotencyKey, ...body }: CallOptions & object): Sent {
  return { ...callOf({ signal, timeoutMs, idempotencyKey } as CallOptions), body };
}
