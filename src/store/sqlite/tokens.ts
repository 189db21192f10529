import { MAX_TOKENS_OF_PROJECT, type Token } from "../../domain/token.ts";
import type { TokenStore } from "../tokens.ts";
import type { Connection } from "./connection.ts";

/** A row of the table. */
export interface TokenRow {
  readonly id: string;
  readonly secret_hash: string;
  readonly project_id: string | null;
  readonly site_key: string | null;
  readonly name: string;
  readonly scopes: string;
  readonly prefix: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly lifetime: number | null;
  readonly used_at: number | null;
}

/** Leaves out tokens whose project is gone. */
const IS_ALIVE = "(project_id IS NULL OR EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id))";

/** The tokens, each a row. */
export function createTokens(connection: Connection): TokenStore {
  const insert = connection.prepare(`
    INSERT INTO tokens
      (id, secret_hash, project_id, site_key, name, scopes, prefix, created_at, expires_at, lifetime, used_at)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
    WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM projects WHERE id = ?3)
  `);
  const select = connection.prepare<TokenRow>(`SELECT * FROM tokens WHERE id = ? AND ${IS_ALIVE}`);
  const selectByHash = connection.prepare<TokenRow>(`SELECT * FROM tokens WHERE secret_hash = ? AND ${IS_ALIVE}`);
  const selectAll = connection.prepare<TokenRow>("SELECT * FROM tokens WHERE id > ? ORDER BY id LIMIT ?");
  const selectOfProject = connection.prepare<TokenRow>(
    "SELECT * FROM tokens WHERE project_id = ? AND id > ? ORDER BY id LIMIT ?",
  );
  const expire = connection.prepare("UPDATE tokens SET expires_at = min(ifnull(expires_at, ?1), ?1) WHERE id = ?2");
  const remove = connection.prepare("DELETE FROM tokens WHERE id = ?");
  const use = connection.prepare("UPDATE tokens SET used_at = max(ifnull(used_at, ?1), ?1) WHERE id = ?2");
  const removeExpired = connection.prepare("DELETE FROM tokens WHERE expires_at < ?");
  const count = connection.prepare<{ count: number }>("SELECT count(*) AS count FROM tokens WHERE project_id = ?");
  const makeRoom = connection.prepare("DELETE FROM tokens WHERE project_id = ? AND expires_at <= ?");

  /** Whether a new token's project has no room for it, also without its expired tokens. */
  function isFull({ project, createTime }: Token): boolean {
    const tokens = project === undefined ? 0 : (count.get(project.id)?.count ?? 0);
    return (
      project !== undefined &&
      tokens >= MAX_TOKENS_OF_PROJECT &&
      tokens - makeRoom.run(project.id, createTime) >= MAX_TOKENS_OF_PROJECT
    );
  }

  function add(token: Token): "added" | "full" | undefined {
    if (isFull(token)) {
      return "full";
    }
    const { id, secretHash, project, name, scopes, prefix, createTime } = token;
    const projectColumns = [project?.id ?? null, project?.siteKey ?? null];
    const times = [createTime, token.expireTime ?? null, token.lifetime ?? null, token.lastUseTime ?? null];
    return insert.run(id, secretHash, ...projectColumns, name, JSON.stringify(scopes), prefix, ...times) === 1
      ? "added"
      : undefined;
  }

  return {
    createToken: (token) => connection.write(() => add(token)),

    readToken: (id) => connection.read(() => tokenOf(select.get(id))),

    findToken: (secretHash) => connection.read(() => tokenOf(selectByHash.get(secretHash))),

    listTokens: (projectId, after, limit) =>
      connection.read(() => {
        const rows =
          projectId === undefined ? selectAll.all(after, limit) : selectOfProject.all(projectId, after, limit);
        return rows.map((row) => tokenOf(row));
      }),

    rotateToken: (id, successor, expireTime) =>
      connection.write(() => {
        const outcome = select.get(id) && add(successor);
        if (outcome === "added") {
          expire.run(expireTime, id);
        }
        return outcome;
      }),

    deleteToken: (id) => connection.write(() => remove.run(id) === 1),

    noteTokenUses: (uses) =>
      connection.write(() => {
        for (const { id, at } of uses) {
          use.run(at, id);
        }
      }),

    deleteExpiredTokens: (before) => connection.write(() => void removeExpired.run(before)),
  };
}

/** Returns the token of a row. */
export function tokenOf(row: TokenRow): Token;
export function tokenOf(row: TokenRow | undefined): Token | undefined;
export function tokenOf(row: TokenRow | undefined): Token | undefined {
  if (row === undefined) {
    return undefined;
  }
  const { project_id: projectId, site_key: siteKey } = row;
  return {
    id: row.id,
    name: row.name,
    project: projectId === null || siteKey === null ? undefined : { id: projectId, siteKey },
    scopes: JSON.parse(row.scopes),
    secretHash: row.secret_hash,
    prefix: row.prefix,
    createTime: row.created_at,
    expireTime: row.expires_at ?? undefined,
    lifetime: row.lifetime ?? undefined,
    lastUseTime: row.used_at ?? undefined,
  };
}
