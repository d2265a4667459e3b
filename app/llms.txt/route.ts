import { llmsText } from "#/lib/api/documentation.ts";

export const dynamic = "force-dynamic";

/** What there is to read about Reprise, for agents; public as the documentation is. */
export function GET(): Promise<Response> {
  return llmsText();
}
