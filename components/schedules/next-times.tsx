import { useNowMs } from "#/components/ui/relative-time.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { nextTimes, shownTimes } from "#/lib/schedules/cron-times.ts";
import { zonedTime } from "./zoned-time.ts";

/** Times by the clocks of a zone, each with how far it is away. */
export function TimesList({ times, timeZone }: { times: readonly string[]; timeZone: string }) {
  return (
    <ol aria-label="Next times" className="flex flex-col">
      {times.map((time) => (
        <li
          key={time}
          className="tabular flex flex-wrap justify-between gap-x-3 border-b border-line py-1 last:border-0"
        >
          <time dateTime={time}>{zonedTime(time, timeZone)}</time>
          <RelativeTime iso={time} className="text-ink-subtle" />
        </li>
      ))}
    </ol>
  );
}

const keptMs = 10_000;

/** The next five times of an expression that has no fault, from now on. */
export function NextTimes({ cron, timeZone }: { cron: string; timeZone: string }) {
  const nowMs = useNowMs() ?? 0;
  const from = new Date(Math.floor(nowMs / keptMs) * keptMs);
  const times = nextTimes(cron, timeZone, from, shownTimes)
    .map((time) => time.toISOString())
    .filter((time) => Date.parse(time) > nowMs);
  return <TimesList times={times} timeZone={timeZone} />;
}
