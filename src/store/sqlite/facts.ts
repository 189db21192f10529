/**
 * The kinds of facts, the third column of the key of the table `facts`. It holds all that is known of users, a fact a row, so
 * that what an event reads and writes of its user is on one page of the disk.
 *
 * Whose alias a name is and a user's zone come first, to be read as one. No name has both: an alias has no zone of its own.
 */
export const FactKind = { ALIAS: 0, ZONE: 1, MONTH: 2, EVENT: 3 } as const;
