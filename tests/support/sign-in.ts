/** Signs in with email and password as the page does, and gives back the session's cookies as `name=value`. */
export async function signIn(
  baseUrl: string,
  login: { email: string; password: string },
): Promise<Map<string, string>> {
  const jar = new Map<string, string>();
  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const asked = await fetch(`${baseUrl}/api/auth/csrf`);
  keep(asked);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answer = await fetch(`${baseUrl}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookieHeader(jar), origin: baseUrl },
    body: new URLSearchParams({ ...login, csrfToken, json: "true" }),
  });
  keep(answer);
  if (![...jar.keys()].some((name) => name.includes("session-token")))
    throw new Error(`signing in as ${login.email} answered ${answer.status} without a session`);
  return jar;
}

export function cookieHeader(jar: Map<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}
