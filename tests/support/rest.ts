import { encode } from "next-auth/jwt";
import { database } from "#/db/client.ts";
import { methods, type Method } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { apiServer } from "#/lib/api/serve-api.ts";
import type { Problem } from "#/lib/contract/problem.ts";
import { newId } from "#/lib/core/ids.ts";
import { insertSession } from "#/lib/tenancy/session-store.ts";

export type Sent = {
  key?: string;
  cookie?: string;
  origin?: string;
  body?: unknown;
  headers?: Record<string, string | undefined>;
};
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape, and a wrong guess fails them
type AnyBody = any;
export type Received = { status: number; headers: Headers; body: AnyBody; problem: Problem; text: string };

export const testHost = "reprise.test";

const serve = apiServer(allOperations);

/** Calls the API in this process, as its one route does: `api("GET", "/runs?limit=1", { key })`. */
export function restApi() {
  const send = (method: Method, path: string, sent: Sent = {}): Promise<Response> =>
    serve(requestOf(method, new URL(`http://${testHost}/api/v1${path}`), sent));
  const call = async (method: Method, path: string, sent: Sent = {}): Promise<Received> => {
    const response = await send(method, path, sent);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const body: unknown = isJson && text !== "" ? JSON.parse(text) : null;
    return { status: response.status, headers: response.headers, body, problem: body as Problem, text };
  };
  return { send, call, methods };
}

function requestOf(method: Method, url: URL, sent: Sent): Request {
  const headers: Record<string, string> = { host: testHost };
  if (sent.key !== undefined) headers["authorization"] = `Bearer ${sent.key}`;
  if (sent.cookie !== undefined) headers["cookie"] = sent.cookie;
  if (sent.origin !== undefined) headers["origin"] = sent.origin;
  const isText = typeof sent.body === "string" || sent.body instanceof Uint8Array;
  if (sent.body !== undefined) headers["content-type"] = "application/json";
  const body = sent.body === undefined ? null : isText ? (sent.body as string) : JSON.stringify(sent.body);
  const all = Object.entries({ ...headers, ...sent.headers }).filter(([, value]) => value !== undefined);
  return new Request(url, { method, body, headers: all as [string, string][] });
}

/** A session as signing in would begin it, and its cookie. `userVersion`: the user's when it began (default 1). */
export async function sessionCookie(user: {
  userId: string;
  userVersion?: number;
  sessionId?: string;
}): Promise<string> {
  const { userId, userVersion = 1, sessionId = newId("session") } = user;
  await insertSession(database(), { id: sessionId, userId, userVersion, userAgent: null, lastsMs: 3_600_000 });
  const value = await encode({ token: { userId, sessionId }, secret: process.env["NEXTAUTH_SECRET"] ?? "" });
  return `next-auth.session-token=${value}`;
}
