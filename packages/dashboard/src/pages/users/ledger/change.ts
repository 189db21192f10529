import type { LedgerResult } from "#gen/streak/v1/ledger_service_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";

/** A user whose ledger is shown and changed. */
export interface LedgerOwner {
  readonly siteKey: string;
  readonly user: User;
  /** The user's today. */
  readonly today: string;
}

/** What a change of a ledger is answered with, as far as the forms show it. */
export interface Changed {
  readonly results: readonly LedgerResult[];
}

/** What every dialog that adds an entry to a ledger gets. */
export interface ChangeDialogProps extends LedgerOwner {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/**
 * Makes the ID of a new entry. A form keeps it, so that what is sent again is the same entry.
 *
 * @param kind what the ID begins with
 */
export function newEntryId(kind: string): string {
  // Not randomUUID, which browsers have over TLS alone.
  const random = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0"));
  return `${kind}-${random.join("")}`;
}
