/** The address that the nearest proxy (or Next itself) saw: the last of X-Forwarded-For; "" when unknown. Pure. */
export function clientAddress(forwardedFor: unknown): string {
  return typeof forwardedFor === "string" ? (forwardedFor.split(",").at(-1)?.trim() ?? "").slice(0, 100) : "";
}
