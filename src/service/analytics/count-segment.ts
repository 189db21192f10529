import { countUser } from "../../domain/analytics/count-user.ts";
import { Tallies } from "../../domain/analytics/tallies.ts";
import type { AnalyticsStore, CountedPiece } from "../../store/analytics.ts";
import type { CountedProject, PlacedSegment } from "./stale.ts";

/** How many users a segment has at least before it is divided: counting them takes some 30 ms. */
const SMALLEST_PIECE = 500;

/** A segment has this part of the project's users, so that large projects have few hundred segments. */
const PIECES = 64;

/** How many users a piece has at most. */
const LARGEST_PIECE = 10_000;

/** Waits between the slices of a segment. Returns false when the count must end. */
export type Pause = () => Promise<boolean>;

/**
 * Counts a segment from what is recorded for its users, and saves its tallies. Divides a segment that has become too
 * large. Changes that are made meanwhile mark the segment again, so whatever was missed is counted next time. Returns
 * how many users it has; undefined when the tallies were not saved, because the count was ended, another instance was
 * faster, or the project is gone.
 *
 * @param now when counting begins, in epoch milliseconds
 */
export async function countSegment(
  store: AnalyticsStore,
  project: CountedProject,
  { segment, end }: PlacedSegment,
  now: number,
  pause: Pause,
): Promise<number | undefined> {
  const { projectId, settings, signature } = project;
  const { first, revision, changes, counted } = segment;
  const pieces = [new Piece(first)];
  const actionEvents = settings.actionEvents && { actionEvents: [...settings.actionEvents] };
  let all = 0;
  let after: string | undefined;
  do {
    const slice = await store.readHistories({ projectId, first, end, after, ...actionEvents });
    for (const history of slice.histories) {
      const size = pieceSize(Math.max(project.users, all));
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
    if (after !== undefined && !(await pause())) {
      return undefined;
    }
  } while (after !== undefined);
  const save = pieces.map(
    (piece, index): CountedPiece => ({
      first: piece.first,
      tallies: piece.tallies.encode(),
      counted: { changes, end: pieces[index + 1]?.first ?? end, settings: signature, time: now, users: piece.users },
    }),
  );
  return (await store.saveTallies(projectId, { first, revision, pieces: save })) ? all : undefined;
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
