/** The most days from the first to the last day of a request: a little over three years. */
export const MAX_DAYS = 1100;

/** More weeks than a request can span; see {@link MAX_DAYS}. */
export const MAX_WEEKS = 160;
