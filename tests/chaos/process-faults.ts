import { ServerResponse } from "node:http";
import { deathHeaderName } from "./death-header.ts";

/**
 * Loaded before a worker or web process of the chaos run (`--import`): its clock goes wrong by CHAOS_CLOCK_SKEW_MS, and it
 * dies in the moment between a commit and its answer when the request says so.
 */
const skewMs = Number(process.env["CHAOS_CLOCK_SKEW_MS"] ?? 0);

if (skewMs !== 0) {
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + skewMs] : args, newTarget) as Date,
    apply: () => new RealDate(RealDate.now() + skewMs).toString(),
    get: (target, name) => (name === "now" ? () => RealDate.now() + skewMs : Reflect.get(target, name)),
  });
}

// oxlint-disable-next-line typescript/unbound-method -- called with the response as its `this`
const writeHead = ServerResponse.prototype.writeHead as (...args: unknown[]) => ServerResponse;
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
  const status = typeof args[0] === "number" ? args[0] : this.statusCode;
  if (this.req?.headers[deathHeaderName] !== undefined && status < 300) process.kill(process.pid, "SIGKILL");
  return writeHead.apply(this, args);
} as typeof ServerResponse.prototype.writeHead;
