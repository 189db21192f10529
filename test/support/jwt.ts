import { createHmac } from "node:crypto";
import type { TestApp } from "./app.ts";

/** Signs a JWT by hand, as hostile senders do: header and claims are written as they are given, a string too. */
export function signJwt(secret: string, claims: unknown, header: unknown = { alg: "HS256" }, hash = "sha256"): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
}

/** A part of a JWT: the JSON of a value, or a string as it is. */
export function part(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** A signing secret as the answer to its creation shows it. */
export interface MadeSecret {
  readonly id: string;
  readonly prefix: string;
  readonly createTime: string;
  readonly secret: string;
}

/** Makes a signing secret of a project. */
export async function makeSigningSecret(app: TestApp, siteKey = "proj_demo"): Promise<MadeSecret> {
  const answer = await app.admin("POST", `/admin/projects/${siteKey}/signingSecrets`);
  if (answer.status !== 201) {
    throw new Error(`no signing secret: ${answer.status} ${answer.text}`);
  }
  return answer.json;
}

/** What a JWT says that time is, some seconds after the app's present. */
export function secondsFrom(app: TestApp, seconds: number): number {
  return Math.floor(app.now / 1000) + seconds;
}
