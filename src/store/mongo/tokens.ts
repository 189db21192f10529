import type { AnyBulkWriteOperation } from "mongodb";
import { MAX_TOKENS_OF_PROJECT, type Token } from "../../domain/token.ts";
import type { TokenStore } from "../tokens.ts";
import type { Connection } from "./connection.ts";
import { type TokenDocument, tokenDocument, tokenOf } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";

/**
 * The tokens, each a document. For a token of a project, the store also checks that the project exists: the deletion of
 * a project may be cut short before it has deleted the tokens.
 */
export function createTokens(connection: Connection): TokenStore {
  const { tokens, projects } = connection;

  async function isAlive({ project }: Pick<Token, "project">): Promise<boolean> {
    return (
      project === undefined ||
      (await projects.findOne({ _id: project.siteKey, id: project.id }, { projection: { _id: 1 } })) !== null
    );
  }

  async function alive(document: TokenDocument | null): Promise<Token | undefined> {
    const token = document === null ? undefined : tokenOf(document);
    return token !== undefined && (await isAlive(token)) ? token : undefined;
  }

  async function insert(token: Token): Promise<void> {
    try {
      await tokens.insertOne(tokenDocument(token));
    } catch (error) {
      // An earlier attempt has inserted the token, and its answer was lost: ids and secrets are random.
      if (!isDuplicateKey(error)) {
        throw error;
      }
    }
  }

  /** Whether a project has more tokens than it may have, also without those that have expired. */
  async function hasTooMany({ project, createTime }: Token): Promise<boolean> {
    if (project === undefined || (await tokens.countDocuments({ p: project.id })) <= MAX_TOKENS_OF_PROJECT) {
      return false;
    }
    await tokens.deleteMany({ p: project.id, expireTime: { $lte: new Date(createTime) } });
    return (await tokens.countDocuments({ p: project.id })) > MAX_TOKENS_OF_PROJECT;
  }

  /** Adds a token, and takes it back when it is one too many: so no two that come at once take the last place. */
  async function add(token: Token): Promise<"added" | "full"> {
    await insert(token);
    if (await hasTooMany(token)) {
      await tokens.deleteOne({ _id: token.id });
      return "full";
    }
    return "added";
  }

  return {
    createToken: (token) =>
      connection.run(async () => {
        // When the project is deleted at this moment, the token is deleted too, or is never found.
        return (await isAlive(token)) ? await add(token) : undefined;
      }),

    readToken: (id) => connection.run(async () => alive(await tokens.findOne({ _id: id }))),

    findToken: (secretHash) => connection.run(async () => alive(await tokens.findOne({ secretHash }))),

    listTokens: (projectId, after, limit) =>
      connection.run(async () => {
        const found = tokens.find({ _id: { $gt: after }, ...(projectId !== undefined && { p: projectId }) });
        return (await found.sort({ _id: 1 }).limit(limit).toArray()).map(tokenOf);
      }),

    rotateToken: (id, successor, expireTime) =>
      connection.run(async () => {
        // The successor first: a crash then leaves a token whose secret nobody knows. Otherwise the old token would
        // expire without a successor.
        if ((await add(successor)) === "full") {
          return (await tokens.findOne({ _id: id }, { projection: { _id: 1 } })) === null ? undefined : "full";
        }
        const at = new Date(expireTime);
        // `$min` sets a missing field.
        const { matchedCount } = await tokens.updateOne({ _id: id }, { $min: { expireTime: at } });
        if (matchedCount === 0) {
          await tokens.deleteOne({ _id: successor.id });
          return undefined;
        }
        return "added";
      }),

    deleteToken: (id) => connection.run(async () => (await tokens.deleteOne({ _id: id })).deletedCount === 1),

    noteTokenUses: (uses) =>
      connection.run(async () => {
        const updates = uses.map(({ id, at }): AnyBulkWriteOperation<TokenDocument> => {
          return { updateOne: { filter: { _id: id }, update: { $max: { lastUseTime: new Date(at) } } } };
        });
        if (updates.length > 0) {
          await tokens.bulkWrite(updates, { ordered: false });
        }
      }),

    deleteExpiredTokens: (before) =>
      connection.run(async () => void (await tokens.deleteMany({ expireTime: { $lt: new Date(before) } }))),
  };
}
