import { expect, test } from "vitest";
import { BackgroundCounts } from "#src/service/analytics/background-counts.ts";
import type { AnalyticsStore, CountedPiece, CountedSegment, Segment } from "#src/store/analytics.ts";
import { NOW, project } from "../../store/conformance/fixture.ts";

const SEGMENTS = 100;
const USERS_OF_A_SEGMENT = 1_000;

/** A store with a large project of which nothing is counted, in segments. It keeps what is saved. */
function largeProject(saved: CountedSegment[]): AnalyticsStore {
  const histories = Array.from({ length: USERS_OF_A_SEGMENT }, (_, index) => {
    return { userHash: `user ${index}`, days: new Map(), events: [] };
  });
  const segments = new Map(
    Array.from({ length: SEGMENTS }, (_, index): [string, Segment] => {
      const first = String(index).padStart(3, "0");
      return [first, { first, changes: 0, revision: 0, counted: undefined }];
    }),
  );
  return {
    foldChanges: () => Promise.resolve({ projectIds: [], hasMore: false, oldestLeft: undefined }),
    listSegments: () => Promise.resolve([...segments.values()]),
    readTallies: () => Promise.resolve([]),
    readHistories: () => Promise.resolve({ histories, last: undefined }),
    saveTallies(_, { first, revision, pieces }) {
      saved.push({ first, revision, pieces });
      // As if it were one piece.
      const { counted } = pieces.at(-1) as CountedPiece;
      const users = pieces.reduce((sum, piece) => sum + piece.counted.users, 0);
      segments.set(first, { first, changes: 0, revision: revision + 1, counted: { ...counted, users } });
      return Promise.resolve(true);
    },
  };
}

test("the first count of a large project divides no more segments once it knows how large the project is", async () => {
  const saved: CountedSegment[] = [];
  const counts = new BackgroundCounts(largeProject(saved), () => NOW);
  expect(await counts.count(project(), { rest: 0 })).toBe(true);
  const pieces = saved.map((segment) => segment.pieces.length);
  // A piece has a sixty-fourth of the users, and 500 at least.
  expect(pieces).toEqual([...Array.from({ length: 64 }, () => 2), ...Array.from({ length: 36 }, () => 1)]);
});

test("a count that is closed amid a pass ends at once", async () => {
  let lists = 0;
  const store = largeProject([]);
  const counts = new BackgroundCounts(
    {
      ...store,
      listSegments(projectId) {
        lists++;
        return store.listSegments(projectId);
      },
      readHistories(range) {
        if (range.first === "001") {
          counts.close();
        }
        return Promise.resolve({ histories: [], last: range.first === "001" ? "more" : undefined });
      },
    },
    () => NOW,
  );
  expect(await counts.count(project(), { rest: 0 })).toBe(false);
  expect(lists).toBe(1);
});
