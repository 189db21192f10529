import type { Day } from "../../day.ts";
import { MAX_FREEZES } from "../../rules.ts";
import { LATEST } from "../days/bits.ts";
import type { GrantEntry } from "../ledger/freezes.ts";

/** A freeze that was granted, whether it is still there or was taken. */
export interface GrantedFreeze {
  /** The last day that it can cover; `LATEST` when it never expires. */
  readonly last: Day;
  /** Of freezes with the same last day, the one with the lowest order covers first. */
  readonly order: number;
  readonly grant: GrantEntry;
}

/** The granted freezes of a user that are there, while a walk goes from period to period. */
export class GrantedFreezes {
  readonly #grants: readonly GrantEntry[];
  /** The index of the first grant whose freezes have not come. */
  #next = 0;
  /** In the order in which they cover. */
  readonly #freezes: GrantedFreeze[] = [];

  /** @param grants in the order in which they come */
  constructor(grants: readonly GrantEntry[]) {
    this.#grants = grants;
  }

  /** Returns an independent copy. */
  fork(): GrantedFreezes {
    const fork = new GrantedFreezes(this.#grants);
    fork.#next = this.#next;
    fork.#freezes.push(...this.#freezes);
    return fork;
  }

  /** How many freezes are there. */
  get count(): number {
    return this.#freezes.length;
  }

  /** The day on which the next freezes come; `LATEST` when there are no more. */
  get nextDay(): Day {
    return this.#grants[this.#next]?.from ?? LATEST;
  }

  /**
   * Goes on to the end of a day: freezes come, and freezes expire.
   *
   * @param areLost whether the freezes that come are lost, since the rules have none
   */
  comeAndExpire(day: Day, areLost: boolean): void {
    while (this.nextDay <= day) {
      const grant = this.#grants[this.#next] as GrantEntry;
      if (!areLost) {
        this.#come({ last: grant.to ?? LATEST, order: this.#next, grant }, grant.count);
      }
      this.#next++;
    }
    while ((this.#freezes[0]?.last ?? day) < day) {
      this.#freezes.shift();
    }
  }

  /** Takes the freeze that covers first, and returns it; undefined when there is none. */
  take(): GrantedFreeze | undefined {
    return this.#freezes.shift();
  }

  /** Gives back a freeze that was taken. */
  giveBack(freeze: GrantedFreeze): void {
    this.#come(freeze, 1);
  }

  /**
   * Lets equal freezes come. Without room, each takes the place of the freeze that expires first, if that one expires
   * before it.
   */
  #come(freeze: GrantedFreeze, count: number): void {
    const freezes = this.#freezes;
    for (let come = 0; come < count; come++) {
      if (freezes.length >= MAX_FREEZES) {
        if ((freezes[0] as GrantedFreeze).last >= freeze.last) {
          return;
        }
        freezes.shift();
      }
      let place = freezes.length;
      while (place > 0 && isBefore(freeze, freezes[place - 1] as GrantedFreeze)) {
        place--;
      }
      freezes.splice(place, 0, freeze);
    }
  }
}

/** Whether a freeze covers before another one: when it expires first, or when its order is less. */
function isBefore(one: GrantedFreeze, other: GrantedFreeze): boolean {
  return one.last < other.last || (one.last === other.last && one.order < other.order);
}
