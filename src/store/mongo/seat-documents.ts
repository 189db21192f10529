import { ObjectId } from "mongodb";
import type { Opening } from "../seats.ts";
import { join, rangeOf } from "./document-ids.ts";

/** A seat of a month: taken, or free. The seats of a month are numbered from 1 on, without a gap. */
export interface SeatDocument {
  /** `seatId` of project, month and number. */
  readonly _id: string;
  /** Who holds it: `holderOf` project, user and month, so that nobody holds two seats of a month; or `freeMark`. */
  readonly s: string;
  /**
   * Since when it is to be checked that its holder is active in the month, by the clock of an instance. Once the holder
   * is known to be, the field is gone.
   */
  readonly claimedAt?: Date;
}

/** What is known of the seats of a project. */
export interface OpeningDocument {
  /** `openingId` of the project. */
  readonly _id: string;
  readonly since: Date;
  readonly openedAt: Date;
  readonly unseated: readonly string[];
}

/** Returns what a document says of a project's seats. */
export function openingOf(document: OpeningDocument | null): Opening | undefined {
  if (document === null) {
    return undefined;
  }
  const { since, openedAt, unseated } = document;
  return { since: since.getTime(), openedAt: openedAt.getTime(), unseated };
}

/** How many events of a project's month were rejected. */
export interface RejectionDocument {
  /** `rejectionId` of project and month. */
  readonly _id: string;
  readonly month: string;
  readonly events: number;
}

/** How many digits the numbers of seats have, so that they sort as numbers do. */
const SEAT_DIGITS = 10;

/** Returns the `_id` of a seat's document. */
export function seatId(projectId: string, month: string, number: number): string {
  return join(projectId, month, String(number).padStart(SEAT_DIGITS, "0"));
}

/** How the marks of free seats begin: like no holder, of which every percent sign is escaped. */
const FREE = "%|";

/**
 * Returns what a seat that nobody holds has for a holder. It ends anew each time: a taker who has read it long ago fails,
 * and a server whose unique index remembers former values, as the one of the tests does, takes it for another one.
 */
export function freeMark(seatId: string): string {
  return `${FREE}${seatId}|${new ObjectId()}`;
}

/** Returns what the marks of a month's free seats are between, up to a number. Their numbers order them. */
export function freeMarks(projectId: string, month: string, highest: number) {
  const { $gte } = rangeOf(projectId, month);
  return { $gte: FREE + $gte, $lt: FREE + seatId(projectId, month, highest + 1) };
}

/** Returns the number of a seat. */
export function numberOf({ _id }: SeatDocument): number {
  return Number(_id.slice(-SEAT_DIGITS));
}

/** Returns who holds a seat, as its document says it. The month comes last, so that all seats of a user are a range. */
export function holderOf(projectId: string, userHash: string, month: string): string {
  return join(projectId, userHash, month);
}

/** Returns the `_id` of what is known of a project's seats. */
export function openingId(projectId: string): string {
  return join(projectId, "opening");
}

/** Returns the `_id` of the number of events that were rejected in a month. */
export function rejectionId(projectId: string, month: string): string {
  return join(projectId, month);
}
