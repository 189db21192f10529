import type { DayBit, Months } from "../../domain/months.ts";
import { type KindLabel, ORDINARY } from "../day-kinds.ts";
import { fieldOf } from "./documents.ts";
import type { DoneDays } from "./streak-documents.ts";

/** The done days of an event of a user, to be changed. */
export class EventDays {
  readonly #field: string;
  readonly #before: DoneDays;
  readonly #kinds: Map<KindLabel, Record<string, number>>;

  constructor(document: DoneDays, event: string) {
    this.#field = fieldOf(event);
    this.#before = document;
    const ordinary = document.days?.[this.#field] ?? {};
    const kinds = Object.entries({ [ORDINARY]: ordinary, ...document.others?.[this.#field] });
    this.#kinds = new Map(kinds.map(([label, months]) => [label, { ...months }]));
  }

  add(label: KindLabel, { month, bit }: DayBit): void {
    const months = this.#kinds.get(label) ?? {};
    months[month] = (months[month] ?? 0) | bit;
    this.#kinds.set(label, months);
  }

  remove(label: KindLabel, { month, bit }: DayBit): void {
    const months = this.#kinds.get(label) ?? {};
    months[month] = (months[month] ?? 0) & ~bit;
  }

  /** A filter that matches the user's document while its days of the event are what they were. */
  get unchanged(): Record<string, unknown> {
    const { days, others } = this.#before;
    return {
      [`days.${this.#field}`]: days?.[this.#field] ?? { $exists: false },
      [`others.${this.#field}`]: others?.[this.#field] ?? { $exists: false },
    };
  }

  /** The fields of the user's document with the days of the event; undefined for fields to remove. */
  get fields(): Record<string, object | undefined> {
    const kinds = [...this.#kinds].map(([label, months]) => [label, withoutEmpty(months)] as const);
    const done = kinds.filter(([, months]) => Object.keys(months).length > 0);
    const others = done.filter(([label]) => label !== ORDINARY);
    return {
      [`days.${this.#field}`]: done.find(([label]) => label === ORDINARY)?.[1],
      [`others.${this.#field}`]: others.length === 0 ? undefined : Object.fromEntries(others),
    };
  }
}

function withoutEmpty(months: Months): Months {
  return Object.fromEntries(Object.entries(months).filter(([, bits]) => bits !== 0));
}
