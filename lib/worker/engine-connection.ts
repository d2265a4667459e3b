/** A worker's transactions wait only for the database: one that is idle this long hangs, and its locks block others. */
export const idleTransactionMs = 5000;
