/**
 * The kinds of rows in the table `facts`, the third column of its key. The table holds everything that is known of
 * users, so that what an event reads and writes of its user is on one page of the disk: the migrations say which column
 * holds what.
 *
 * Aliases and zones come first, so that one range reads both. No name has both: an alias has no zone of its own. A
 * repeat has the columns of an event, and its `id` in `analytics_id`.
 */
export const FactKind = { ALIAS: 0, ZONE: 1, MONTH: 2, EVENT: 3, REPEAT: 4 } as const;
