/** Headers as people write them, one `Name: value` a line; what is expected when a line is no header. Pure. */
export function parseHeaderLines(text: string): { headers: Record<string, string> } | { fault: string } {
  const headers: Record<string, string> = {};
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(\S.*)$/.exec(line);
    // The line may hold a secret, so it is not quoted.
    if (!match?.[1] || !match[2]) return { fault: "Each line is a header: Name: value" };
    headers[match[1]] = match[2];
  }
  return { headers };
}
