import NextAuth from "next-auth";
import { authOptions } from "#/lib/auth/auth-options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

/** Options are made per request: the environment is not there when this is built. */
async function handler(request: Request, context: Context): Promise<Response> {
  return (await NextAuth(authOptions(request.headers.get("user-agent")))(request, context)) as Response;
}

export { handler as GET, handler as POST };
