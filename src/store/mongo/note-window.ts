import { lastUpTo } from "../name-order.ts";
import type { UserKey } from "../streaks.ts";
import { noteId, segmentId } from "./document-ids.ts";
import type { NoteDocument, NotedRange } from "./documents.ts";

/** For how long new changes may rely on a note, in milliseconds. */
export const WINDOW_MS = 10_000;

/** What covers users while they change. */
export interface Cover {
  /** The notes that must be written before the users change. */
  readonly notes: readonly NoteDocument[];
  /** Says that these are written, so that others can rely on them. */
  markWritten(): void;
  /** Says that the changes are over. Don't call it after a failure: what was sent may still be done. */
  end(): void;
}

/** The notes of a project that changes rely on for some seconds. */
export class NoteWindow {
  readonly projectId: string;
  /** The ids of the project's segments, in order. */
  readonly #ids: readonly string[];
  readonly #onEnded: (notes: readonly NoteDocument[]) => void;
  readonly #openedAt = Date.now();
  readonly #notes: NoteDocument[] = [];
  /** The segments that the written notes are about, by their position. */
  readonly #covered = new Set<number>();
  #underWay = 0;
  #isClosed = false;

  /** @param onEnded gets the notes when the window is closed and everything that relied on them is over */
  constructor(projectId: string, ids: readonly string[], onEnded: (notes: readonly NoteDocument[]) => void) {
    this.projectId = projectId;
    this.#ids = ids;
    this.#onEnded = onEnded;
  }

  /** Whether it is too late to rely on its notes. Also true after the clock was set back. */
  isOver(now: number): boolean {
    return now < this.#openedAt || now >= this.#openedAt + WINDOW_MS;
  }

  /** Returns what covers users of the project. */
  cover(users: readonly UserKey[]): Cover {
    this.#underWay++;
    const places = this.#uncoveredPlaces(users);
    const notes = places.size === 0 ? [] : [this.#note(places)];
    return {
      notes,
      markWritten: () => {
        this.#notes.push(...notes);
        for (const place of places) {
          this.#covered.add(place);
        }
      },
      end: () => {
        this.#underWay--;
        this.#endIfOver();
      },
    };
  }

  /** No new change relies on it from now on. */
  close(): void {
    this.#isClosed = true;
    this.#endIfOver();
  }

  /** Returns the positions of those segments of users that no written note is about. */
  #uncoveredPlaces(users: readonly UserKey[]): ReadonlySet<number> {
    const places = new Set<number>();
    // Where much is recorded, nearly always all are covered.
    if (this.#covered.size < this.#ids.length) {
      for (const { userHash } of users) {
        places.add(lastUpTo(this.#ids, segmentId(this.projectId, userHash)));
      }
    }
    return places.difference(this.#covered);
  }

  #endIfOver(): void {
    if (this.#isClosed && this.#underWay === 0) {
      this.#onEnded(this.#notes);
    }
  }

  #note(places: ReadonlySet<number>): NoteDocument {
    const ranges = Array.from(places, (place): NotedRange => {
      const to = this.#ids[place + 1];
      return { from: this.#ids[place] as string, ...(to !== undefined && { to }) };
    });
    return { _id: noteId(this.projectId), project: this.projectId, at: new Date(), ranges };
  }
}
