import { RepairPrice } from "#gen/streak/v1/rules_pb.ts";

/** What a repair costs. */
export type PriceName = keyof typeof PRICES;

/** The prices, the default first. */
export const PRICES = {
  none: { value: RepairPrice.NONE, label: "Nothing" },
  freeze: { value: RepairPrice.FREEZE, label: "One freeze" },
  days: { value: RepairPrice.DAYS, label: "Done days" },
} as const;

/** The names of the prices, the default first. */
export const PRICE_NAMES = Object.keys(PRICES) as PriceName[];

/** Returns the name of a price; `none` when none is given. */
export function priceName(price: RepairPrice): PriceName {
  return PRICE_NAMES.find((name) => PRICES[name].value === price) ?? "none";
}
