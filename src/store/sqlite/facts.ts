/**
 * The kinds of rows in the table `facts`, the third column of its key. The table holds everything that is known of
 * users, so that what an event reads and writes of its user is on one page of the disk: the migrations say which column
 * holds what.
 *
 * Aliases and zones come before the rest of what users did, so that one range reads both. No name has both: an alias
 * has no zone of its own. The entries of ledgers come before these: a read of a streak has them in the same range, so
 * that users without entries pay nothing for them.
 *
 * A repeat has the columns of an event, and its `id` in `analytics_id`. An entry of a ledger has its `id` there too,
 * its `at` in `at`, and its other fields in `meta`, as JSON.
 *
 * An action has its id in `analytics_id`, and in `tz` the zone that has dated it, if the event or the user had named
 * one. How many actions an event has beyond the first of each day is in `days` of one row, which may be missing while
 * there are none.
 *
 * Months, and events that have done a day, have the `KindLabel` of their days in `analytics_id`, which is empty for
 * ordinary days. A zone has the user's home zone in `meta`, once the user has had more zones than one. It has 1 in
 * `days` if the user's events were ever redated.
 */
export const FactKind = {
  LEDGER: -1,
  ALIAS: 0,
  ZONE: 1,
  MONTH: 2,
  EVENT: 3,
  REPEAT: 4,
  ACTION: 5,
  BEYOND_FIRST: 6,
} as const;
