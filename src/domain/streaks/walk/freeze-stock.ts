import type { Day } from "../../day.ts";
import { type FreezeRules, MAX_FREEZES } from "../../rules.ts";
import type { Phase } from "../calendar/phases.ts";
import { LATEST } from "../days/bits.ts";
import type { FreezeDecisions, GrantEntry } from "../ledger/freezes.ts";

/** A missed period that a freeze covers. */
export interface CoveredPeriod {
  readonly first: Day;
  readonly last: Day;
  /** What it adds to its run: 1 or 0. */
  readonly counted: number;
  /** The entry that granted the freeze; absent when the freeze was earned. */
  readonly grant?: GrantEntry;
}

/** A freeze that was granted, there or taken. */
interface Freeze {
  /** The last day that it can cover; `LATEST` when it never expires. */
  readonly last: Day;
  /** Says which of those with the same last day covers first. */
  readonly order: number;
  readonly grant: GrantEntry;
}

/** A period with the freeze that covers it. */
interface Covered {
  readonly first: Day;
  readonly last: Day;
  /** Whether it counts when the run goes on. */
  readonly lengthensRun: boolean;
  /** Undefined when it was earned. */
  readonly freeze: Freeze | undefined;
}

/**
 * The freezes of a user while a walk goes from period to period, and what they cover: see docs/rules.md, "Which periods
 * are covered". `comeAndExpire` and `earn` are its first two steps, `cover` is the third.
 *
 * Granted freezes come and expire only when that matters: at a miss, a repair, a change of rules, and the end. The
 * result is the same as day by day, because a freeze that has expired gives its place to any other.
 */
export class FreezeStock {
  readonly #decisions: FreezeDecisions | undefined;
  /** The granted freezes that are there, in the order in which they cover. */
  readonly #granted: Freeze[] = [];
  /** The index of the first grant that has not come. */
  #nextGrant = 0;
  /** How many earned freezes are there. */
  #earned = 0;
  /**
   * The most earned freezes that there can be, by the latest rules that let any be earned. It bounds also what is given
   * back.
   */
  #maxEarned = 0;
  /** How much the run has counted towards the next earned freeze. */
  #towardsNext = 0;
  /** In order. */
  #covered: Covered[] = [];
  /** How many of the covered periods, the last ones, lie in the gap that is open. */
  #inGap = 0;
  /** How many before them come after the last kept period, too, but before a repair, which has begun a new gap. */
  #beforeRepair = 0;
  /** The rules of the phase; undefined where freezes cover nothing. */
  #rules: FreezeRules | undefined;

  /** @param decisions the user's; undefined when there never was one */
  constructor(decisions: FreezeDecisions | undefined) {
    this.#decisions = decisions;
  }

  /** Returns an independent copy. */
  fork(): FreezeStock {
    const fork = new FreezeStock(this.#decisions);
    fork.#granted.push(...this.#granted);
    fork.#nextGrant = this.#nextGrant;
    fork.#earned = this.#earned;
    fork.#maxEarned = this.#maxEarned;
    fork.#towardsNext = this.#towardsNext;
    fork.#covered = this.#covered.slice();
    fork.#inGap = this.#inGap;
    fork.#beforeRepair = this.#beforeRepair;
    fork.#rules = this.#rules;
    return fork;
  }

  /** How many are there. */
  get left(): number {
    return this.#granted.length + this.#earned;
  }

  /** Goes on to the next phase, and so to its rules. */
  enter({ from, freezes }: Phase): void {
    this.comeAndExpire(from - 1);
    if (freezes?.earned?.every !== this.#rules?.earned?.every) {
      this.#towardsNext = 0;
    }
    this.#rules = freezes;
    if (freezes?.earned !== undefined) {
      this.#maxEarned = freezes.earned.max;
      this.earn(0); // there may be less room than before
    }
  }

  /** Goes on to the end of a day of the phase: freezes that were granted come, and freezes expire. */
  comeAndExpire(day: Day): void {
    let grant = this.#decisions?.grants[this.#nextGrant];
    while (grant !== undefined && grant.from <= day) {
      if (this.#rules !== undefined) {
        this.#come({ last: grant.to ?? LATEST, order: this.#nextGrant, grant }, grant.count);
      }
      this.#nextGrant++;
      grant = this.#decisions?.grants[this.#nextGrant];
    }
    while ((this.#granted[0]?.last ?? day) < day) {
      this.#granted.shift();
    }
  }

  /**
   * Covers a missed period, if it can.
   *
   * @returns what the period counts if its run goes on after it: 1 or 0; undefined when it is not covered
   */
  cover(first: Day, last: Day): number | undefined {
    if (this.#rules === undefined) {
      return undefined;
    }
    this.comeAndExpire(last);
    const { maxInARow = LATEST, lengthenRun } = this.#rules;
    if (this.left === 0 || this.#inGap >= maxInARow || this.#decisions?.isOptedOut(last)) {
      return undefined;
    }
    const freeze = this.#take();
    this.#covered.push({ first, last, lengthensRun: lengthenRun, freeze });
    this.#inGap++;
    return lengthenRun ? 1 : 0;
  }

  /**
   * Counts periods that the run that is shown has kept towards the next freezes. While there is no room for one,
   * nothing is counted.
   */
  earn(kept: number): void {
    const earned = this.#rules?.earned;
    if (earned !== undefined) {
      const { every, max } = earned;
      const counted = Math.min(this.#earned * every + this.#towardsNext + kept, max * every);
      this.#earned = Math.floor(counted / every);
      this.#towardsNext = counted % every;
    }
  }

  /** Takes a freeze for a repair; none if none is there. */
  takeForRepair(): void {
    if (this.left > 0) {
      this.#take();
    }
  }

  /** Says that the run goes on after the gap: what is covered in it stays so. */
  endGap(): void {
    this.#inGap = 0;
    this.#beforeRepair = 0;
  }

  /** Says that a new gap begins, though the run has not gone on yet: what is covered so far stays so. */
  beginGap(): void {
    this.#beforeRepair += this.#inGap;
    this.#inGap = 0;
  }

  /** Says that the run has ended with the gap: what the gap took is given back, and the next run counts anew. */
  endRun(): void {
    for (; this.#inGap > 0; this.#inGap--) {
      const freeze = this.#covered.pop()?.freeze;
      if (freeze === undefined) {
        this.#earned = Math.min(this.#earned + 1, this.#maxEarned);
      } else {
        this.#come(freeze, 1);
      }
    }
    for (; this.#beforeRepair > 0; this.#beforeRepair--) {
      const index = this.#covered.length - this.#beforeRepair;
      this.#covered[index] = { ...(this.#covered[index] as Covered), lengthensRun: false };
    }
    this.#towardsNext = 0;
  }

  /** Returns the covered periods that end on a day or later, in order. */
  coveredFrom(day: Day): readonly CoveredPeriod[] {
    const begin = this.#covered.findLastIndex(({ last }) => last < day) + 1;
    const gap = this.#covered.length - this.#inGap - this.#beforeRepair;
    return this.#covered.slice(begin).map(({ first, last, lengthensRun, freeze }, index) => ({
      first,
      last,
      counted: lengthensRun && begin + index < gap ? 1 : 0,
      ...(freeze && { grant: freeze.grant }),
    }));
  }

  /** Takes the freeze that covers first, and returns it; undefined when it was earned. There must be one. */
  #take(): Freeze | undefined {
    if (this.#granted.length > 0) {
      return this.#granted.shift();
    }
    this.#earned--;
    return undefined;
  }

  /**
   * Lets equal freezes come. Without room, each takes the place of the one that expires first, if that expires before
   * it.
   */
  #come(freeze: Freeze, count: number): void {
    for (let come = 0; come < count; come++) {
      if (this.#granted.length >= MAX_FREEZES) {
        if ((this.#granted[0] as Freeze).last >= freeze.last) {
          return;
        }
        this.#granted.shift();
      }
      let place = this.#granted.length;
      while (place > 0 && isBefore(freeze, this.#granted[place - 1] as Freeze)) {
        place--;
      }
      this.#granted.splice(place, 0, freeze);
    }
  }
}

/** Whether a freeze covers before another one: when it expires first, or when its order is less. */
function isBefore(one: Freeze, other: Freeze): boolean {
  return one.last < other.last || (one.last === other.last && one.order < other.order);
}
