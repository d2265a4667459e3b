/** Path and query of the requested page: set by the middleware, overwriting whatever a client sends. */
export const addressHeader = "x-reprise-address";
