import { registerHooks } from "node:module";
import { followDatabaseClock } from "#/db/clock.ts";

// Next's package names its files for bundlers, without an extension.
registerHooks({
  resolve: (specifier, context, next) => next(/^next\/\w+$/.test(specifier) ? `${specifier}.js` : specifier, context),
});

/** A web process without pages: the REST API on PORT. For chaos without a build. */
const { startRouteServer } = await import("#/tests/support/route-server.ts");
followDatabaseClock();
const { url } = await startRouteServer(Number(process.env["PORT"]));
process.stdout.write(`listening ${url}\n`);
