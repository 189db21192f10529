import { setImmediate } from "node:timers/promises";
import { countUser } from "../../domain/analytics/count-user.ts";
import type { CountSettings } from "../../domain/analytics/settings.ts";
import { Tallies } from "../../domain/analytics/tallies.ts";
import type { AnalyticsStore, CountedPiece } from "../../store/analytics.ts";
import type { PlacedSegment } from "./stale.ts";

/** How many users a segment has at least before it is divided: counting them takes some 20 ms. */
const SMALLEST_PIECE = 500;

/** A segment has this part of the project's users, so that large projects have few hundred segments. */
const PIECES = 64;

/** How many users a piece has at most. */
const LARGEST_PIECE = 10_000;

/** What counting a segment needs to know of its project. */
export interface CountedProject {
  readonly projectId: string;
  readonly settings: CountSettings;
  /** The signature of the settings. */
  readonly signature: string;
  /** How many users the project has, as far as is known. */
  readonly users: number;
}

/**
 * Counts a segment from what is recorded for its users, and saves its tallies. Divides a segment that has become too
 * large. Changes that are made meanwhile mark the segment again, so whatever was missed is counted next time.
 *
 * @param now when counting begins, in epoch milliseconds
 */
export async function countSegment(
  store: AnalyticsStore,
  { projectId, settings, signature, users }: CountedProject,
  { segment, end }: PlacedSegment,
  now: number,
): Promise<void> {
  const { first, revision, changes, counted } = segment;
  const pieces = [new Piece(first)];
  let all = 0;
  let after: string | undefined;
  do {
    const slice = await store.readHistories({ projectId, first, end, after });
    for (const history of slice.histories) {
      const size = pieceSize(Math.max(users, all));
      let piece = pieces.at(-1) as Piece;
      // A segment that is only a little too large stays whole.
      if (piece.users >= size && (counted === undefined || counted.users > 2 * size)) {
        piece = new Piece(history.userHash);
        pieces.push(piece);
      }
      countUser(piece.tallies, history, settings, now);
      piece.users++;
      all++;
    }
    after = slice.last;
    await setImmediate();
  } while (after !== undefined);
  const save = pieces.map(
    (piece, index): CountedPiece => ({
      first: piece.first,
      tallies: piece.tallies.encode(),
      counted: { changes, end: pieces[index + 1]?.first ?? end, settings: signature, time: now, users: piece.users },
    }),
  );
  await store.saveTallies(projectId, { first, revision, pieces: save });
}

class Piece {
  readonly first: string;
  readonly tallies = new Tallies();
  users = 0;

  constructor(first: string) {
    this.first = first;
  }
}

/** How many users a piece of a project should have. */
function pieceSize(users: number): number {
  return Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.ceil(users / PIECES)));
}
