/**
 * Flags of Node for web and worker processes. V8 collects garbage in four more threads whatever the machine has; with 0 it takes one
 * less than there are processors. With more, the event loop waits for helpers that wait for a processor themselves.
 */
export const serverFlags: readonly string[] = ["--v8-pool-size=0"];
