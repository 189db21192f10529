/**
 * The longest delay that a timer of Node can have, in milliseconds: some 24 days. A longer one would end at once, so a
 * deadline beyond it is none, as with Connect.
 */
export const MAX_TIMER_MS = 2 ** 31 - 1;
