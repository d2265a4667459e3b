import { expect, test } from "vitest";
import * as service from "#/lib/core/timer.ts";
import { Reprise } from "#/lib/sdk/client.ts";
import { sleep } from "#/lib/sdk/sleep.ts";
import * as sdk from "#/lib/sdk/timer.ts";

const long = [2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, 1e300, Infinity];

test.each([...long.map((ms) => [ms, service.longestTimerMs]), [0, 0], [-5, 0], [0.2, 1]])(
  "%d ms is a timer of %d",
  (ms, timer) => {
    expect([service.timerMs(ms), sdk.timerMs(ms)]).toEqual([timer, timer]);
  },
);

test.each(long)("a wait of %d ms does not end at once", async (ms) => {
  const stop = new AbortController();
  const ended = sleep(ms, stop.signal).then(
    () => "over",
    () => "stopped",
  );
  const signals = [service.abortAfter(ms), sdk.abortAfter(ms)];
  await sleep(5);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  stop.abort();
  expect(await ended).toBe("stopped");
});

test.each(long)("a call with a limit of %d ms is answered", async (timeoutMs) => {
  const headers = { "request-id": "req_1", "content-type": "application/json" };
  const answer = async () => {
    await sleep(5);
    return new Response('{"id":"run_1"}', { headers });
  };
  const reprise = new Reprise({ apiKey: "rp_live_x", baseUrl: "http://127.0.0.1:9", timeoutMs, fetch: answer });
  expect(await reprise.runs.retrieve("run_1")).toMatchObject({ id: "run_1" });
  expect(await reprise.runs.retrieve("run_1", { timeoutMs })).toMatchObject({ id: "run_1" });
});
