const pattern = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})?)?$/;

/** A day or a time as text, as a moment; without a zone it is UTC, wherever the process runs. Null when it is neither. */
export function momentOf(text: string): Date | null {
  if (!pattern.test(text)) return null;
  const [day = "", clock = "00:00"] = text.toUpperCase().split(/[T ]/);
  const time = new Date(`${day}T${clock}${/(Z|[+-]\d{2}:\d{2})$/.test(clock) ? "" : "Z"}`);
  const midnight = new Date(`${day}T00:00Z`);
  // A day that no month has would otherwise be one of the next month.
  const isReal = !Number.isNaN(time.getTime()) && midnight.toISOString().startsWith(day);
  return isReal ? time : null;
}

/** Like momentOf, for a text that has been checked. Throws RangeError for any other. */
export function checkedMoment(text: string): Date {
  const moment = momentOf(text);
  if (moment === null) throw new RangeError(`"${text}" is no time`);
  return moment;
}
