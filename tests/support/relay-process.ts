import { type AddressInfo, connect, createServer } from "node:net";

/** Hands connections on to the local port in its first argument; says its own. Started by reluctant-relay.ts. */
const target = Number(process.argv[2]);
const server = createServer((caller) => {
  const callee = connect(target, "127.0.0.1");
  for (const [from, to] of [
    [caller, callee],
    [callee, caller],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => process.send?.((server.address() as AddressInfo).port));
