import { MAX_SESSIONS_OF_TOKEN } from "../../domain/session.ts";
import type { SessionStore } from "../sessions.ts";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** The sign-in sessions, each a document. */
export function createSessions(connection: Connection): SessionStore {
  const { sessions } = connection;

  async function insert(secretHash: string, tokenHash: string, createTime: number, expireTime: number): Promise<void> {
    try {
      const times = { createTime: new Date(createTime), expireTime: new Date(expireTime) };
      await sessions.insertOne({ _id: secretHash, tokenHash, ...times });
    } catch (error) {
      // An earlier attempt has inserted the session, and its answer was lost: secrets are random.
      if (!isDuplicateKey(error)) {
        throw error;
      }
    }
  }

  /** Removes the oldest sessions of a token that has too many. The new one stays, whatever the other instances' clocks. */
  async function removeOldest(secretHash: string, tokenHash: string): Promise<void> {
    const tooMany = await sessions
      .find({ tokenHash, _id: { $ne: secretHash } })
      .sort({ createTime: -1 })
      .skip(MAX_SESSIONS_OF_TOKEN - 1)
      .project<{ _id: string }>({ _id: 1 })
      .toArray();
    if (tooMany.length > 0) {
      await sessions.deleteMany({ _id: { $in: tooMany.map(({ _id }) => _id) } });
    }
  }

  return {
    createSession: ({ secretHash, tokenHash, createTime, expireTime }) =>
      connection.run(async () => {
        await insert(secretHash, tokenHash, createTime, expireTime);
        await removeOldest(secretHash, tokenHash);
      }),

    findSession: (secretHash) =>
      connection.run(async () => {
        const found = await sessions.findOne({ _id: secretHash });
        return found === null
          ? undefined
          : {
              secretHash,
              tokenHash: found.tokenHash,
              createTime: found.createTime.getTime(),
              expireTime: found.expireTime.getTime(),
            };
      }),

    deleteSession: (secretHash) => connection.run(async () => void (await sessions.deleteOne({ _id: secretHash }))),

    deleteExpiredSessions: (before) =>
      connection.run(async () => void (await sessions.deleteMany({ expireTime: { $lt: new Date(before) } }))),
  };
}
