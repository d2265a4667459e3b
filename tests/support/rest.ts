import { globSync } from "node:fs";
import { encode } from "next-auth/jwt";
import { database } from "#/db/client.ts";
import { methods, type Method } from "#/lib/api/endpoint.ts";
import type { RouteHandler } from "#/lib/api/route.ts";
import type { Problem } from "#/lib/contract/problem.ts";
import { newId } from "#/lib/core/ids.ts";
import { insertSession } from "#/lib/tenancy/session-store.ts";

type Module = Record<Method, RouteHandler>;
type Served = { template: string; module: Module };

/** Every route file under app/api/v1, by its path: the handlers that the web process serves, called without it. */
export async function loadRoutes(): Promise<Served[]> {
  const files = globSync("app/api/v1/**/route.ts").filter((file) => !file.includes("[[..."));
  return Promise.all(
    files.map(async (file) => ({
      template: file
        .replace(/^app/, "")
        .replace(/\/route\.ts$/, "")
        .replace(/\[(\w+)\]/g, "{$1}"),
      module: (await import(/* @vite-ignore */ `#/${file}`)) as Module,
    })),
  );
}

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

/** Calls the API in this process: `api("GET", "/runs?limit=1", { key })`. */
export function restApi(routes: Served[]) {
  const send = async (method: Method, path: string, sent: Sent = {}): Promise<Response> => {
    const url = new URL(`http://${testHost}/api/v1${path}`);
    const served = routes
      .filter(({ template }) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}/?$`).test(url.pathname))
      .sort((a, b) => specificity(b.template) - specificity(a.template))[0];
    if (!served) throw new Error(`no route file for ${path}`);
    return served.module[method](requestOf(method, url, sent));
  };
  const call = async (method: Method, path: string, sent: Sent = {}): Promise<Received> => {
    const response = await send(method, path, sent);
    const text = await response.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    return { status: response.status, headers: response.headers, body, problem: body as Problem, text };
  };
  return { send, call, methods };
}

function specificity(template: string): number {
  return template.split("/").filter((step) => !step.startsWith("{")).length;
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

/** A session as signing in would begin it, and its cookie. `userVersion`: the user's, when it began (1). */
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
