"use client";

import {
  type Client,
  type ClientOptions,
  getVisitorId,
  type Recorded,
  type State,
  type StreakdError,
} from "@streakd/web";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { clientOf } from "./clients.ts";
import { SERVER_STREAK, streakOf } from "./streaks.ts";

/** Where streakd is: a client, or an address to make one for. */
export type Server =
  | {
      /** Make it once, outside of components: another client is another server. */
      readonly client: Client;
      readonly baseUrl?: undefined;
      readonly userToken?: undefined;
    }
  | {
      readonly client?: undefined;
      /** Such as `https://streaks.example.com`; `""` is the page's own origin. */
      readonly baseUrl: string;
      /** A user token, or what returns one, for a project that has signed users. The newest one is used. */
      readonly userToken?: ClientOptions["userToken"];
    };

/** Whose streak of which event to read and to record. */
export type UseStreakOptions = Server & {
  readonly projectId: string;
  /** What the user does, as the project's widget names it. */
  readonly event: string;
  /** The user. This browser's visitor, `getVisitorId()`, when not given. */
  readonly userHash?: string | undefined;
  /** The user's IANA time zone; the browser's own when not given. */
  readonly tz?: string | undefined;
};

/** A streak, and what can be done with it. */
export interface UseStreak {
  /** As last read; undefined before the first answer, and while a server renders. */
  readonly state: State | undefined;
  /** Why the latest call failed; undefined when it did not. A state that was read before stays. */
  readonly error: StreakdError | undefined;
  /** Whether there is no answer yet: neither a state nor an error. */
  readonly isLoading: boolean;
  /**
   * Records that the user did it now, and reads the state. Never rejects, so it may be an event handler: when it fails it
   * resolves to undefined, and `error` says why. `queued` in the answer says that the event waits in the browser.
   */
  readonly record: () => Promise<Recorded | undefined>;
  /** Reads the state. Never rejects: `error` says why it failed. */
  readonly refresh: () => Promise<void>;
}

/**
 * Reads a user's streak, and records events. Components that pass the same arguments share one read. It reads again when
 * the page is shown again or online again, and when a `<streak-widget>` or another tab has recorded. On a server it does
 * nothing.
 */
export function useStreak({
  client,
  baseUrl = "",
  userToken,
  projectId,
  event,
  userHash,
  tz,
}: UseStreakOptions): UseStreak {
  const { streak, shared } = useMemo(() => {
    if (typeof document === "undefined") {
      return { streak: SERVER_STREAK, shared: undefined };
    }
    const user = userHash ?? getVisitorId();
    const shared = client ? { client, userToken: undefined } : clientOf(baseUrl, user);
    return { shared, streak: streakOf({ client: shared.client, projectId, event, userHash: user, tz }) };
  }, [client, baseUrl, projectId, event, userHash, tz]);

  // Stands before the subscription, which reads at once.
  useEffect(() => {
    // Another component may have given one.
    if (shared === undefined || userToken === undefined || userToken === shared.userToken) {
      return;
    }
    shared.userToken = userToken;
    const { state, error } = streak.snapshot;
    // The token came late, or in place of one that has expired. A read without it may be on its way.
    if ((typeof userToken === "string" && error?.status === 401) || (state === undefined && error === undefined)) {
      streak.refresh();
    }
  }, [shared, streak, userToken]);

  const { subscribe, record, refresh } = streak;
  const { state, error } = useSyncExternalStore(
    subscribe,
    () => streak.snapshot,
    () => SERVER_STREAK.snapshot,
  );
  return { state, error, isLoading: state === undefined && error === undefined, record, refresh };
}
