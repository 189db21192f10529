import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ProjectSchema, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { hashAdminToken } from "./call/authenticator.ts";
import { readProject } from "./service/projects/project-message.ts";
import type { StreakStore } from "./store/streak-store.ts";

/** The project that a first start makes, so that the first curl has something to call. */
const DEMO_SITE_KEY = "proj_demo";

/** The installation's settings in the store. */
const ADMIN_TOKEN_HASH = "admin_token_sha256";
const DEMO_PROJECT = "demo_project";

/** What was made at this start, and must be told to the operator now because it is not kept in a form that can be read. */
export interface FirstStart {
  /** The demo project's key, when it was made by this start. */
  readonly siteKey?: string;
  /** The admin token, when it was made by this start. Only its hash is stored. */
  readonly adminToken?: string;
}

/**
 * Makes what an empty installation lacks: the demo project, and an admin token unless the operator set one. Of several
 * instances that start at once, one makes each thing. What exists, or was deleted by an admin later, is not made again.
 *
 * @param setToken the admin token that the operator set
 * @returns what was made, and the hash of the admin token that holds
 */
export async function makeFirstThings(
  store: StreakStore,
  setToken: string | undefined,
): Promise<FirstStart & { readonly adminTokenHash: string }> {
  const siteKey = await makeDemoProject(store);
  const token = setToken === undefined ? await makeToken(store) : { adminTokenHash: hashAdminToken(setToken) };
  return { ...(siteKey !== undefined && { siteKey }), ...token };
}

async function makeDemoProject(store: StreakStore): Promise<string | undefined> {
  if ((await store.readSetting(DEMO_PROJECT)) !== undefined) {
    return undefined;
  }
  // The project before the mark: a start that is cut short in between finds it taken, and goes on.
  await store.createProject(demoProject());
  return (await store.claimSetting(DEMO_PROJECT, DEMO_SITE_KEY)) ? DEMO_SITE_KEY : undefined;
}

async function makeToken(store: StreakStore): Promise<{ adminTokenHash: string; adminToken?: string }> {
  const adminToken = `adm_${randomBytes(24).toString("base64url")}`;
  const made = hashAdminToken(adminToken);
  await store.claimSetting(ADMIN_TOKEN_HASH, made);
  // Asked for what holds rather than told whether the claim was first: a claim whose answer was lost may have held.
  const adminTokenHash = (await store.readSetting(ADMIN_TOKEN_HASH)) ?? made;
  return adminTokenHash === made ? { adminTokenHash, adminToken } : { adminTokenHash };
}

function demoProject() {
  const milestones = [
    { target: 3, msg: "3 days!" },
    { target: 7, msg: "1 week!" },
    { target: 30, msg: "1 month!" },
    { target: 100, msg: "100 days!" },
  ];
  return readProject(
    create(ProjectSchema, {
      siteKey: DEMO_SITE_KEY,
      name: "Demo",
      allowedOrigins: ["localhost", "127.0.0.1", "[::1]"],
      live: true,
      widgets: [
        { event: "visit", mode: StreakMode.CONTINUOUS, milestones },
        { event: "like", mode: StreakMode.CUMULATIVE, milestones },
      ],
    }),
  );
}
