type Parsed<What extends string> = Record<What, Record<string, string>> | { fault: string };

/** Headers as people write them, one `Name: value` per line; says what is expected when a line is no header. Pure. */
export function parseHeaderLines(text: string): Parsed<"headers"> {
  const headers = parseLines(text, /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(\S.*)$/);
  // The line may hold a secret, so it is not quoted.
  return headers ? { headers } : { fault: "Write one header per line, as Name: value" };
}

/** Parameters of a query, one `name: value` per line; a value may be empty. Pure. */
export function parseQueryLines(text: string): Parsed<"query"> {
  const query = parseLines(text, /^([^:\s][^:]*?)\s*:\s*(.*)$/);
  return query ? { query } : { fault: "Write one parameter per line, as name: value" };
}

function parseLines(text: string, pattern: RegExp): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const match = pattern.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return null;
    found[match[1]] = match[2];
  }
  return found;
}
