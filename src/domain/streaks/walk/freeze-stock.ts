import type { Day } from "../../day.ts";
import type { FreezeRules } from "../../rules.ts";
import type { Phase } from "../calendar/phases.ts";
import { belowLowest, bitsFromTo, countBits, highestBit, LATEST, lowestBit, lowestRun } from "../days/bits.ts";
import type { FreezeDecisions, GrantEntry } from "../ledger/freezes.ts";
import { type GrantedFreeze, GrantedFreezes } from "./granted-freezes.ts";

/** A missed period that a freeze covers. */
export interface CoveredPeriod {
  readonly first: Day;
  readonly last: Day;
  /** What it adds to its run: 1 or 0. */
  readonly counted: number;
  /** The entry that granted the freeze; absent when the freeze was earned. */
  readonly grant?: GrantEntry;
}

/** A period with the freeze that covers it. */
interface Covered {
  readonly first: Day;
  readonly last: Day;
  /** Whether it counts when the run goes on. */
  readonly lengthensRun: boolean;
  /** Undefined when it was earned. */
  readonly freeze: GrantedFreeze | undefined;
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
  readonly #toldFrom: Day;
  #granted: GrantedFreezes;
  /** How much a run counts for each earned freeze, by the latest rules that let any be earned. */
  #every = 1;
  /** The most earned freezes that there can be, by the same rules. It bounds also what is given back. */
  #maxEarned = 0;
  /** What was counted: `#every` for each earned freeze that is there, and the rest towards the next one. */
  #counted = 0;
  /** The covered periods that end on `#toldFrom` or later, in order. */
  #covered: Covered[] = [];
  /** How many covered periods, the last ones, lie in the gap that is open. */
  #inGap = 0;
  /** The granted freezes that cover some of these. */
  #grantedInGap: GrantedFreeze[] = [];
  /** How many covered periods come after the last kept one, but before a repair, which has begun a new gap. */
  #beforeRepair = 0;
  /** The rules of the phase; undefined where freezes cover nothing. */
  #rules: FreezeRules | undefined;

  /**
   * @param decisions the user's; undefined when there never was one
   * @param toldFrom {@link coveredFrom} tells no covered periods that end before this day: a history can have many
   */
  constructor(decisions: FreezeDecisions | undefined, toldFrom: Day) {
    this.#decisions = decisions;
    this.#granted = new GrantedFreezes(decisions?.grants ?? []);
    this.#toldFrom = toldFrom;
  }

  /** Returns an independent copy. */
  fork(): FreezeStock {
    const fork = new FreezeStock(this.#decisions, this.#toldFrom);
    fork.#granted = this.#granted.fork();
    fork.#every = this.#every;
    fork.#maxEarned = this.#maxEarned;
    fork.#counted = this.#counted;
    fork.#covered = this.#covered.slice();
    fork.#inGap = this.#inGap;
    fork.#grantedInGap = this.#grantedInGap.slice();
    fork.#beforeRepair = this.#beforeRepair;
    fork.#rules = this.#rules;
    return fork;
  }

  /** How many freezes are there. */
  get left(): number {
    return this.#granted.count + this.#earned;
  }

  /** How many earned freezes are there. */
  get #earned(): number {
    return Math.floor(this.#counted / this.#every);
  }

  /** Whether any freeze is there. Asked at each miss, so it does not count them. */
  get #hasAny(): boolean {
    return this.#granted.count > 0 || this.#counted >= this.#every;
  }

  /** Goes on to the next phase, and so to its rules. */
  enter({ from, freezes }: Phase): void {
    this.comeAndExpire(from - 1);
    const earned = freezes?.earned;
    if (earned?.every !== this.#rules?.earned?.every) {
      const left = this.#earned;
      this.#every = earned?.every ?? this.#every;
      this.#counted = left * this.#every;
    }
    this.#rules = freezes;
    if (earned !== undefined) {
      this.#maxEarned = earned.max;
      this.earn(0); // there may be less room than before
    }
  }

  /** Goes on to the end of a day of the phase: freezes that were granted come, and freezes expire. */
  comeAndExpire(day: Day): void {
    this.#granted.comeAndExpire(day, this.#rules === undefined);
  }

  /**
   * Covers a missed period, if it can.
   *
   * @returns whether it does
   */
  cover(first: Day, last: Day): boolean {
    if (this.#rules === undefined) {
      return false;
    }
    this.comeAndExpire(last);
    const { maxInARow = LATEST, lengthenRun } = this.#rules;
    if (!this.#hasAny || this.#inGap >= maxInARow || this.#decisions?.isOptedOut(last)) {
      return false;
    }
    const freeze = this.#take();
    if (freeze !== undefined) {
      this.#grantedInGap.push(freeze);
    }
    if (last >= this.#toldFrom) {
      this.#covered.push({ first, last, lengthensRun: lengthenRun, freeze });
    }
    this.#inGap++;
    return true;
  }

  /**
   * Counts kept days and covers gaps, as `earn` and `cover` do day by day. Goes on from gap to gap while earned freezes
   * cover the whole gap, and the word has a kept day before it and after it. Stops before the first day on which
   * granted freezes come, or from which covered periods are told.
   *
   * @param start the first day of the word
   * @param kept the kept days of the word that are not passed yet
   * @param missed the missed days of the word that are not passed yet
   * @returns how many days of the word are passed: up to the last covered day; 0 when no gap is covered
   */
  coverGaps(start: Day, kept: number, missed: number): number {
    const { earned, maxInARow = LATEST } = this.#rules ?? {};
    if (earned === undefined || this.#granted.count > 0 || this.#decisions?.hasChoices) {
      return 0;
    }
    const { every } = earned;
    const most = this.#maxEarned * every;
    const until = Math.min(this.#granted.nextDay, this.#toldFrom) - start;
    let passed = 0;
    let keptBefore = kept & belowLowest(missed);
    for (let left = missed; left !== 0 && keptBefore !== 0; ) {
      const gap = lowestRun(left);
      const [first, last] = [lowestBit(gap), highestBit(gap)];
      left &= ~gap;
      const keptAfter = kept & belowLowest(left) & ~bitsFromTo(0, last);
      const counted = Math.min(this.#counted + countBits(keptBefore), most) - (last - first + 1) * every;
      if (keptAfter === 0 || counted < 0 || last - first >= maxInARow || last >= until) {
        break;
      }
      this.#counted = counted;
      keptBefore = keptAfter;
      passed = last + 1;
    }
    return passed;
  }

  /** What a covered period counts if its run goes on after it: 1 or 0. */
  get countedIfCovered(): number {
    return this.#rules?.lengthenRun ? 1 : 0;
  }

  /**
   * Counts periods that the run that is shown has kept towards the next freezes. While there is no room for one,
   * nothing is counted.
   */
  earn(kept: number): void {
    if (this.#rules?.earned !== undefined) {
      this.#counted = Math.min(this.#counted + kept, this.#maxEarned * this.#every);
    }
  }

  /** Takes a freeze for a repair, if there is one. */
  takeForRepair(): void {
    if (this.#hasAny) {
      this.#take();
    }
  }

  /** Says that the run goes on after the gap: what is covered in it stays so. */
  endGap(): void {
    this.#inGap = 0;
    this.#beforeRepair = 0;
    this.#forgetGranted();
  }

  /** Says that a new gap begins, though the run has not gone on yet: what is covered so far stays so. */
  beginGap(): void {
    this.#beforeRepair += this.#inGap;
    this.#inGap = 0;
    this.#forgetGranted();
  }

  /** Says that the run has ended with the gap: what the gap took is given back, and the next run counts anew. */
  endRun(): void {
    const earned = this.#earned + this.#inGap - this.#grantedInGap.length;
    this.#counted = Math.min(earned, this.#maxEarned) * this.#every;
    for (let index = this.#grantedInGap.length - 1; index >= 0; index--) {
      this.#granted.giveBack(this.#grantedInGap[index] as GrantedFreeze);
    }
    this.#forgetGranted();
    for (; this.#inGap > 0; this.#inGap--) {
      this.#covered.pop();
    }
    for (let index = this.#indexOfLast(this.#beforeRepair); index < this.#covered.length; index++) {
      this.#covered[index] = { ...(this.#covered[index] as Covered), lengthensRun: false };
    }
    this.#beforeRepair = 0;
  }

  /** Returns the covered periods that end on a day or later, in order. It must be a day from which they are told. */
  coveredFrom(day: Day): readonly CoveredPeriod[] {
    const begin = this.#covered.findLastIndex(({ last }) => last < day) + 1;
    const gap = this.#indexOfLast(this.#inGap + this.#beforeRepair);
    return this.#covered.slice(begin).map(({ first, last, lengthensRun, freeze }, index) => ({
      first,
      last,
      counted: lengthensRun && begin + index < gap ? 1 : 0,
      ...(freeze && { grant: freeze.grant }),
    }));
  }

  /** Returns at which index the last `count` covered periods begin among those that are told. */
  #indexOfLast(count: number): number {
    return Math.max(this.#covered.length - count, 0);
  }

  #forgetGranted(): void {
    if (this.#grantedInGap.length > 0) {
      this.#grantedInGap = [];
    }
  }

  /** Takes the freeze that covers first, and returns it; undefined when it was earned. There must be one. */
  #take(): GrantedFreeze | undefined {
    const granted = this.#granted.take();
    if (granted === undefined) {
      this.#counted -= this.#every;
    }
    return granted;
  }
}
