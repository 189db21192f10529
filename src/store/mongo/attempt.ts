import { isSameZone } from "../../domain/zone.ts";
import type { EventDocument, StreakDocument } from "./documents.ts";
import { type AddedFields, homeIn } from "./streak-documents.ts";
import type { Union } from "./unions.ts";

/** What is to become true of a user. It may be true already, in part or as a whole. */
export interface Effect extends Union, Pick<AddedFields, "home" | "redated" | "unfinished"> {
  /** The events to keep, unless they are kept already. */
  readonly events: readonly EventDocument[];
  /**
   * The user had no document a moment ago. An insert is much cheaper than an upsert, above all for many users at a
   * time. When the user has a document by now, the insert is refused and an upsert follows.
   */
  readonly isNew?: boolean;
  /** Set where the user has had no zone, as far as is known: then the effect makes this the user's home zone. */
  readonly assumedHome?: AssumedHome;
  /**
   * Set where no home zone was known when the events were accepted, and they name zones. Others may be naming the first
   * zone at the same time: see `misplaced.ts`.
   */
  readonly isUnsettled?: boolean;
  /** Events of the user were redated. So events can have left the places of these: see `redating.ts`. */
  readonly isRedated?: boolean;
}

/** A home zone that a user does not have yet. */
export interface AssumedHome {
  readonly zone: string;
  /** Returns the effect for the case that the user has another home zone by now. */
  under(home: string): Effect;
}

/** What is read of a user whose write was refused. */
export type UserStatus = Pick<StreakDocument, "_id" | "aliasOf" | "merging" | "zone" | "home">;

/** An effect that is being applied. */
export class Attempt {
  effect: Effect;
  /** The home zone that the effect assumes, while nothing has shown whether the user has it. */
  assumedHome: AssumedHome | undefined;
  readonly isUnsettled: boolean;
  /** For each event of the effect whether it was inserted; undefined while it was not written. */
  inserted: (boolean | undefined)[];
  /** The tombstone that has refused the effect. */
  tombstone: UserStatus | undefined;
  /** The user's home zone, where it is not the one that the effect assumed. */
  otherHome: string | undefined;

  constructor(effect: Effect) {
    this.effect = effect;
    this.assumedHome = effect.assumedHome;
    this.isUnsettled = effect.isUnsettled === true;
    this.inserted = effect.events.map(() => undefined);
  }

  /** The positions of the events that were not written yet. */
  unwritten(): number[] {
    return [...this.inserted.keys()].filter((position) => this.inserted[position] === undefined);
  }

  /** Learns from the user's document, which has refused the effect. */
  learn(document: UserStatus | undefined): void {
    if (document?.aliasOf !== undefined) {
      this.tombstone = document;
      return;
    }
    const home = homeIn(document);
    if (this.assumedHome !== undefined && home !== undefined) {
      if (!isSameZone(home, this.assumedHome.zone)) {
        this.#begin(this.assumedHome.under(home));
        this.otherHome = home;
      }
      this.assumedHome = undefined;
    }
  }

  /** Goes on with the effect as it is for another home zone. Events that stay in their places are not written again. */
  #begin(effect: Effect): void {
    const placeOf = ({ _id, tz = "" }: EventDocument) => `${_id} ${tz}`;
    const written = new Map(this.effect.events.map((event, position) => [placeOf(event), this.inserted[position]]));
    this.inserted = effect.events.map((event) => written.get(placeOf(event)));
    this.effect = effect;
  }
}
