import type { Day } from "../../day.ts";

// Sets of days as words of 32 days. Word 0 begins on day 0, and bit 0 is a word's first day. Words are signed 32-bit
// integers, as JavaScript's operators want them.

/** Days before and after all others. Integers, since infinities would make the arithmetic with days slow. */
export const EARLIEST: Day = -(2 ** 30);
export const LATEST: Day = 2 ** 30 - 1;

/** How many days a word has. */
export const WORD = 32;

/** Returns which word a day is in. */
export function wordOf(day: Day): number {
  return day >> 5;
}

/** Returns which bit of its word a day is. */
export function bitOf(day: Day): number {
  return day & (WORD - 1);
}

/** Returns the bits from one to another, both included; from 0 to 31. */
export function bitsFromTo(first: number, last: number): number {
  return (-1 << first) & (-1 >>> (WORD - 1 - last));
}

/** Returns which bits of a word are days from `first` to `last`. The word must have some of them. */
export function bitsWithin(index: number, first: Day, last: Day): number {
  const start = index * WORD;
  return bitsFromTo(Math.max(first - start, 0), Math.min(last - start, WORD - 1));
}

/** Returns whether a day is in a set, by its word. */
export function hasDayBit(word: number, day: Day): boolean {
  return ((word >>> bitOf(day)) & 1) === 1;
}

/** Returns how many bits are 1. */
export function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Returns the bits that are 1 like all of the `n` bits below them: at least one of each longer run of bits. */
export function endsOfLongerRuns(bits: number, n: number): number {
  let ends = n < WORD ? bits : 0;
  for (let length = 1; length <= n && ends !== 0; ) {
    const more = Math.min(length, n + 1 - length);
    ends &= ends << more;
    length += more;
  }
  return ends;
}

/** Returns the lowest bit that is 1. There must be one. */
export function lowestBit(bits: number): number {
  return WORD - 1 - Math.clz32(bits & -bits);
}

/** Returns the bits below the lowest one that is 1; all bits when there is none. */
export function belowLowest(bits: number): number {
  return (bits & -bits) - 1;
}

/** Returns the lowest bit that is 1, and those that follow above it without a gap. There must be one. */
export function lowestRun(bits: number): number {
  return bits & ~(bits + (bits & -bits));
}

/** Returns the highest bit that is 1. There must be one. */
export function highestBit(bits: number): number {
  return WORD - 1 - Math.clz32(bits);
}

/** Returns which of 32 days come just after a day of a set, by these days of the set and the 32 before. */
export function justAfter(before: number, bits: number): number {
  return (bits << 1) | (before >>> (WORD - 1));
}

/** Returns which of 32 days come just before a day of a set, by these days of the set and the 32 after. */
export function justBefore(bits: number, after: number): number {
  return (bits >>> 1) | (after << (WORD - 1));
}

/** A set of days that is read in words. */
export interface WordsOfDays {
  /** Returns which of 32 days are in the set. */
  word(index: number): number;
}

/** Returns at most 32 days of a set as bits: bit 0 is `first`. */
export function bitsFrom(set: WordsOfDays, first: Day, last: Day): number {
  const [index, shift] = [wordOf(first), bitOf(first)];
  const bits = set.word(index) >>> shift;
  const next = shift > 0 && last - first >= WORD - shift ? set.word(index + 1) << (WORD - shift) : 0;
  return (bits | next) & bitsFromTo(0, last - first);
}
