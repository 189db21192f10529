import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { MAX_SESSIONS_OF_TOKEN, type Session } from "#src/domain/session.ts";
import { NOW, type OpenStore, useStore } from "./fixture.ts";

/** A sign-in session of the token `ann`, unless said otherwise. */
function session(name: string, fields: Partial<Session> = {}): Session {
  return {
    secretHash: hash("sha256", name),
    tokenHash: hash("sha256", "ann"),
    createTime: NOW,
    expireTime: NOW + 1000,
    ...fields,
  };
}

/** What every `SessionStore` does. */
export function describeSessionStore(open: OpenStore): void {
  const current = useStore(open);
  const sessions = () => current.store.sessions;
  const BOB = { tokenHash: hash("sha256", "bob") };

  /** Which of these sessions are there. */
  async function left(all: readonly Session[]): Promise<Session[]> {
    const found = await Promise.all(all.map(({ secretHash }) => sessions().findSession(secretHash)));
    return found.filter((each) => each !== undefined);
  }

  it("a session comes out as it went in, also after a restart", async () => {
    await sessions().createSession(session("a"));
    expect(await sessions().findSession(session("a").secretHash)).toStrictEqual(session("a"));
    await current.reopen();
    expect(await sessions().findSession(session("a").secretHash)).toStrictEqual(session("a"));
  });

  it("a session that is not there is undefined, and may be removed", async () => {
    await sessions().deleteSession(session("a").secretHash);
    expect(await sessions().findSession(session("a").secretHash)).toBeUndefined();
  });

  it("a removed session is not found any more, and no other one is touched", async () => {
    const [a, b] = [session("a"), session("b")];
    await sessions().createSession(a);
    await sessions().createSession(b);
    await sessions().deleteSession(a.secretHash);
    expect(await left([a, b])).toStrictEqual([b]);
  });

  it("those that expired before a time are removed, and one that expires right then stays", async () => {
    const all = [-1, 0, 1].map((ms) => session(`${ms}`, { expireTime: NOW + ms }));
    for (const each of all) {
      await sessions().createSession(each);
    }
    await sessions().deleteExpiredSessions(NOW);
    expect(await left(all)).toStrictEqual(all.slice(1));
  });

  it("a token has a bounded number of sessions: a further one ends the oldest, and none of another token", async () => {
    const others = [session("of bob", { ...BOB, createTime: NOW - 1 })];
    const first = Array.from({ length: MAX_SESSIONS_OF_TOKEN }, (_, i) => session(`${i}`, { createTime: NOW + i }));
    // The oldest is not the one that was added first.
    for (const each of [...others, ...first.toReversed()]) {
      await sessions().createSession(each);
    }
    expect(await left([...others, ...first])).toStrictEqual([...others, ...first]);

    const further = [1, 2].map((i) => session(`further ${i}`, { createTime: NOW + MAX_SESSIONS_OF_TOKEN + i }));
    for (const each of further) {
      await sessions().createSession(each);
    }
    expect(await left([...others, ...first, ...further])).toStrictEqual([...others, ...first.slice(2), ...further]);
  });

  it("of sessions that were made in the same millisecond, the new one stays", async () => {
    const many = Array.from({ length: MAX_SESSIONS_OF_TOKEN + 5 }, (_, i) => session(`${i}`));
    for (const each of many) {
      await sessions().createSession(each);
      expect(await left([each])).toStrictEqual([each]);
    }
    expect(await left(many)).toHaveLength(MAX_SESSIONS_OF_TOKEN);
  });
}
