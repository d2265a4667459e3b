import { documentationPage } from "#/lib/api/documentation.ts";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ path: string[] }> };

/** A page of the documentation as Markdown. */
export async function GET(_request: Request, { params }: Props): Promise<Response> {
  return documentationPage((await params).path.join("/"));
}
