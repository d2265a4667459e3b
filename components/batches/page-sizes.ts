/** Rows on one page: of the list of batches, and of a batch's runs. */
export const batchesPerPage = 50;
export const itemsPerPage = 50;
