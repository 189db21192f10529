import { RepairPrice as PriceMessage, type RepairRules as RepairRulesMessage } from "#gen/streak/v1/rules_pb.ts";
import type { Cadence, RepairPrice, RepairRules } from "../../domain/rules.ts";
import { refusal } from "../../errors.ts";

/** How the contract's enum says what a repair costs. */
export const priceToMessage = {
  none: PriceMessage.NONE,
  freeze: PriceMessage.FREEZE,
  days: PriceMessage.DAYS,
} as const;

/**
 * Reads which runs can be repaired.
 *
 * @param rules what the same rules say beside it
 * @param at the path of the field
 * @throws StreakdError INVALID_BODY naming the field that is wrong
 */
export function readRepairs(
  message: RepairRulesMessage,
  { cadence, hasFreezes }: { readonly cadence: Cadence; readonly hasFreezes: boolean },
  at: string,
): RepairRules {
  const { kind } = cadence;
  if (kind === "every_n_days" || kind === "days_in_any") {
    throw refusal(
      at,
      `means nothing for the kind ${kind}, since only runs of days, weeks or months can be repaired. Leave it out, or choose another kind`,
    );
  }
  const price = readPrice(message, at);
  if (price.kind === "freeze" && !hasFreezes) {
    throw refusal(
      `${at}.price`,
      "is freeze, and the rules have no freezes. Add freezes to them, or choose another price",
    );
  }
  const { withinDays, onceInDays } = message;
  return { withinDays, ...(onceInDays !== undefined && { onceInDays }), price };
}

function readPrice({ withinDays, price, days }: RepairRulesMessage, at: string): RepairPrice {
  if (price === PriceMessage.DAYS) {
    if (days === undefined) {
      throw refusal(`${at}.days`, "must be given with the price days: it says how many days must be done first");
    }
    if (days > withinDays) {
      throw refusal(
        `${at}.days`,
        `is ${days}, and withinDays is ${withinDays}: so many days can't be done while a run can be repaired. Ask for at most ${withinDays}, or raise withinDays`,
      );
    }
    return { kind: "days", days };
  }
  const kind = price === PriceMessage.FREEZE ? "freeze" : "none";
  if (days !== undefined) {
    const isDefault = price === PriceMessage.UNSPECIFIED ? ", which is the price when none is given" : "";
    throw refusal(
      `${at}.days`,
      `means nothing for the price ${kind}${isDefault}. Leave it out, or choose the price days`,
    );
  }
  return { kind };
}

/** Returns which runs can be repaired as the fields of the contract's message. */
export function repairsToFields({ withinDays, onceInDays, price }: RepairRules) {
  return {
    withinDays,
    ...(onceInDays !== undefined && { onceInDays }),
    price: priceToMessage[price.kind],
    ...(price.kind === "days" && { days: price.days }),
  };
}
