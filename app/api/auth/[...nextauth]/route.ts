import { serveAuth } from "#/lib/api/serve-auth.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

async function handler(request: Request, { params }: Context): Promise<Response> {
  return serveAuth(request, (await params).nextauth);
}

export { handler as GET, handler as POST };
