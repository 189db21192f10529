import { describe, expect, test } from "vitest";
import { describeSessionLives } from "../contract/session-lives.ts";
import { ADMIN_TOKEN, openApp } from "../support/app.ts";
import { useMongo } from "../support/mongo.ts";
import { callSignedIn, signIn } from "../support/sign-in.ts";
import { outcomeOf } from "../support/tokens.ts";
import { waitUntil } from "../support/wait-until.ts";

const mongo = useMongo();

describe("sign-in sessions in MongoDB", () => describeSessionLives(() => openApp({ MONGODB_URI: mongo.server.uri() })));

test("a session that one instance has made counts on another, until one of them ends it", async () => {
  const env = { MONGODB_URI: mongo.server.uri() };
  const [one, other] = await Promise.all([openApp(env), openApp(env)]);
  const cookie = await signIn(one, ADMIN_TOKEN);
  const read = async () => outcomeOf(await callSignedIn(other, cookie, "GET", "/admin/projects"));
  expect(await read()).toBe("200");
  await callSignedIn(one, cookie, "DELETE", "/admin/session");
  await waitUntil(async () => (await read()) === "401 UNAUTHORIZED");
});
