import type { LeaseStore } from "../leases.ts";
import type { Connection } from "./connection.ts";

/** The leases, each a row. One instance has the folder, so its clock is the store's. */
export function createLeases(connection: Connection): LeaseStore {
  const take = connection.prepare(`
    INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?4)
    ON CONFLICT DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE leases.holder = excluded.holder OR leases.expires_at <= ?3
  `);
  const release = connection.prepare("DELETE FROM leases WHERE name = ? AND holder = ?");
  return {
    takeLease: (name, holder, durationMs) =>
      connection.write(() => {
        const now = Date.now();
        return take.run(name, holder, now, now + durationMs) > 0;
      }),
    releaseLease: (name, holder) => connection.write(() => void release.run(name, holder)),
  };
}
