import type { Dispatcher } from "undici";

/**
 * What undici's fetch does not hand on: at 421 it sends the request once more, body and all; at 407 it throws the
 * answer away (Fetch standard, HTTP-network-or-cache fetch, steps 15 and 16).
 */
const keptBack: ReadonlySet<number> = new Set([407, 421]);
/** A status that undici's fetch hands on as it is. */
const standIn = 400;

/**
 * A dispatcher for one request, which leaves once whatever is answered: a status that undici's fetch would act upon is
 * shown to it as another. `statusOf` gives the answer's own. `beneath` is the dispatcher that sends.
 */
export function singleSending(beneath: Dispatcher): {
  dispatcher: Dispatcher;
  statusOf: (answer: { status: number }) => number;
} {
  let own: number | null = null;
  const dispatcher = beneath.compose((dispatch) => (options, handler) => {
    const start = handler.onResponseStart?.bind(handler);
    // The handler is fetch's own, made for this request: replaced in place, since its methods share its state.
    handler.onResponseStart = (controller, status, headers, text) => {
      if (keptBack.has(status)) own = status;
      start?.(controller, keptBack.has(status) ? standIn : status, headers, text);
    };
    return dispatch(options, handler);
  });
  return { dispatcher, statusOf: ({ status }) => own ?? status };
}
