/** Rules as the contract spells them, such as `{cadence: {kind: "days_a_week", days: 3}}`. */
export interface RulesJson {
  readonly cadence?: {
    readonly kind: "every_day" | "weekdays" | "days_a_week" | "days_a_month" | "every_n_days" | "days_in_any";
    readonly days?: number;
    readonly of?: number;
    readonly weekdays?: readonly string[];
    readonly weekStart?: string;
  };
  readonly neverMissTwice?: boolean;
  readonly daysOff?: {
    readonly weekdays?: readonly string[];
    readonly dates?: readonly string[];
    readonly holidays?: readonly string[];
  };
  readonly freezes?: {
    readonly earnEvery?: number;
    readonly maxEarned?: number;
    readonly maxInARow?: number;
    readonly lengthenRun?: boolean;
  };
  readonly graceMinutes?: number;
  readonly counts?: "days" | "actions";
  readonly repairs?: {
    readonly withinDays: number;
    readonly onceInDays?: number;
    readonly price?: "none" | "freeze" | "days";
    readonly days?: number;
  };
}

/** Rules and the date from which they hold; the first version has none. */
export interface VersionJson {
  readonly from?: string;
  readonly rules: RulesJson;
}

/** A list of holidays, as a project keeps it. */
export interface HolidaysJson {
  readonly name: string;
  readonly dates: readonly string[];
}
