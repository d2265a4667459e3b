/** A request with this header is executed, committed and never answered: the web process dies instead. */
export const deathHeaderName = "x-chaos-die-before-answer";
