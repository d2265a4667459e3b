/** Path and query of the page that is asked for: set by the middleware, over whatever a client sends by that name. */
export const addressHeader = "x-reprise-address";
