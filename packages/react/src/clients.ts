import { type Client, type ClientOptions, createClient } from "@streakd/web";

/** A client that all components share that name the same server and user. */
export interface SharedClient {
  readonly client: Client;
  /** The newest that a component has given. */
  userToken: ClientOptions["userToken"];
}

const clients = new Map<string, SharedClient>();

/** Returns the page's client for a server and a user. Each user has their own, because of the user tokens. */
export function clientOf(baseUrl: string, userHash: string): SharedClient {
  const key = JSON.stringify([baseUrl, userHash]);
  let shared = clients.get(key);
  if (shared === undefined) {
    const created: SharedClient = {
      userToken: undefined,
      client: createClient({
        baseUrl,
        userToken: () => (typeof created.userToken === "function" ? created.userToken() : created.userToken),
      }),
    };
    shared = created;
    clients.set(key, shared);
  }
  return shared;
}
