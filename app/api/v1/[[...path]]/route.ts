import { allOperations } from "#/lib/api/operations/all.ts";
import { apiServer } from "#/lib/api/serve-api.ts";

export const dynamic = "force-dynamic";

const serve = apiServer(allOperations);

/** Every method by name: Next itself would answer any that is missing. */
export { serve as GET, serve as HEAD, serve as OPTIONS, serve as POST, serve as PUT, serve as PATCH, serve as DELETE };
