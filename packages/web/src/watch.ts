import type { State } from "./types.ts";

/** How a streak is read and changed. */
export interface Source {
  /** Names the streak to all who watch it in this browser, in any tab: {@link nameOf}. */
  readonly name: string;
  read(): Promise<State>;
  /** Records the event. Resolves to whether it waits to be sent later. */
  record(): Promise<boolean>;
  /** Sends the events that wait. */
  flush(): Promise<void>;
  /** Is told why a read has failed that nobody has asked for. */
  failed(error: unknown): void;
}

/** Is called with a state, and the one before it. */
export type Listener = (state: State, previous: State | undefined) => void;

/**
 * Watches a streak: as long as somebody listens, it is read again when it may have changed, by events that waited, another
 * tab, or another day.
 */
export interface Watch {
  readonly listeners: ReadonlySet<Listener>;
  /** Returns what was read last. */
  latest(): State | undefined;
  /** Records the event, and reads the state. Returns whether the event waits. Rejects when it is refused. */
  record(): Promise<boolean>;
  /** Reads the state. Who asks while it is read shares the read. */
  refresh(): Promise<void>;
  /** Reads the state anew: a read that is under way may have begun before the change. */
  readChanged(): Promise<void>;
  /** If somebody listens: sends what waits, and reads the state. */
  catchUp(): void;
  /**
   * Calls a listener after each read; at once, too, when there is a state.
   *
   * @returns what ends it
   */
  subscribe(listener: Listener): () => void;
}

/** After this time a state is read again when the page comes into sight, in milliseconds. */
const OLD_MS = 60_000;
/** How long after an event that waits to be sent the state is read again at first, in milliseconds. */
const WAITING_MS = 30_000;

/**
 * Names a streak. No part holds a tab: streakd refuses control characters.
 *
 * @param base the server's address, as a client has it in `baseUrl`
 */
export function nameOf(base: string, project: string, event: string, user: string, tz: string | undefined): string {
  return [base, project, event, user, tz].join("\t");
}

/** Creates a watch, in a page. It reads nothing before somebody listens or asks. */
export function createWatch({ name, read, record, flush, failed }: Source): Watch {
  const listeners = new Set<Listener>();
  const others = channelOf(name);
  let state: State | undefined;
  let readAt = 0;
  let reading: Promise<void> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  async function readNow(): Promise<void> {
    readAt = Date.now();
    const current = await read();
    const previous = state;
    state = current;
    for (const listener of listeners) {
      listener(current, previous);
    }
  }

  function refresh(): Promise<void> {
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readChanged(): Promise<void> {
    await reading?.catch(() => {});
    await refresh();
  }

  function catchUp(): void {
    if (listeners.size > 0) {
      flush().then(readChanged).catch(failed);
    }
  }

  /** Catches up after a while, again and again until today is done: what waits may have to wait for long. */
  function catchUpLater(ms: number): void {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      catchUp();
      if (!state?.streak.todayDone) {
        catchUpLater(2 * ms);
      }
    }, ms);
  }

  function freshen(): void {
    if (Date.now() - readAt > OLD_MS && !document.hidden) {
      catchUp();
    }
  }

  addEventListener("online", catchUp);
  addEventListener("pageshow", freshen);
  document.addEventListener("visibilitychange", freshen);
  others?.addEventListener("message", catchUp);

  return {
    listeners,
    latest: () => state,
    async record() {
      const isWaiting = await record();
      if (isWaiting) {
        catchUpLater(WAITING_MS);
      } else {
        others?.postMessage(0);
        // The event is recorded, whatever becomes of this.
        await readChanged().catch(failed);
      }
      return isWaiting;
    },
    refresh,
    readChanged,
    catchUp,
    subscribe(listener) {
      if (!listeners.has(listener)) {
        listeners.add(listener);
        if (state) {
          listener(state, undefined);
        }
      }
      return () => listeners.delete(listener);
    },
  };
}

/** Tells all in this browser that watch a streak of the same name. */
function channelOf(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(`streakd:${name}`);
  } catch {}
}
