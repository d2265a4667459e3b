const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A moment by the clocks of a time zone, to the minute, or to the second where it names one: `Mon 30 Nov 2026, 09:00`. The
 * same text on server and browser. Throws RangeError for what is no time zone. Pure.
 */
export function zonedTime(iso: string, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  );
  const { weekday, day, month, year, hour, minute, second } = parts;
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}${second === "00" ? "" : `:${second}`}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, format);
  return format;
}

/** The zones to choose from: UTC, this browser's, the one that is chosen, then all by name. Browser only. */
export function timeZones(chosen: string): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return [...new Set(["UTC", ownTimeZone(), chosen, ...all])];
}

/** The zone of this browser's clock. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
