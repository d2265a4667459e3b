import { live } from "#/lib/api/health.ts";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return live();
}
